package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"acropolis/integrations/ldap"
	"acropolis/integrations/postgres"
	"acropolis/integrations/settings"
	"acropolis/standalone/demo"
	"acropolis/webui/serve"
	"acropolis/worker/run"
)

// city is everything in one process.
type city struct {
	*services
	logins []string
}

// startCity returns once both sites answer.
func startCity(ctx context.Context, o options) (_ *city, err error) {
	s, err := startServices(ctx, o)
	if err != nil {
		return nil, err
	}
	c := &city{services: s}
	if c.logins, err = logins(); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	var work run.Settings
	var web serve.Settings
	if err := errors.Join(settings.Load(&work, s.lookup), settings.Load(&web, s.lookup)); err != nil {
		return nil, err
	}
	if err := found(ctx, work, o.Demo); err != nil {
		return nil, err
	}
	c.keep("the worker", func(ctx context.Context) error { return run.Run(ctx, work, s.log) })
	c.keep("the web process", func(ctx context.Context) error { return serve.Run(ctx, web, s.log) })
	return c, c.awaitSites(ctx)
}

// found migrates the database, brings in the people, and fills an empty city with the demo forums if asked to.
func found(ctx context.Context, s run.Settings, withForums bool) error {
	if err := postgres.Migrate(ctx, s.Store.URL); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, s.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	people, err := ldap.New(s.Directory)
	if err != nil {
		return err
	}
	if err := run.Refresh(ctx, people, store); err != nil {
		return err
	}
	if !withForums {
		return nil
	}
	return demo.Seed(ctx, store, time.Now())
}

// keep runs a part of the city; stop ends it and waits. A part that ends by itself ends the city.
func (c *city) keep(name string, part func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		err := part(ctx)
		ended <- err
		if ctx.Err() == nil {
			c.failed <- fmt.Errorf("%s has ended: %w", name, err)
		}
	}()
	c.stops = append(c.stops, func() error {
		cancel()
		return <-ended
	})
}

func (c *city) awaitSites(ctx context.Context) error {
	for _, address := range []string{c.Public, c.Office} {
		for {
			answer, err := http.Get("http://" + address + "/ko/") //nolint:noctx // a loop with its own end
			if err == nil {
				_ = answer.Body.Close()
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case err := <-c.failed:
				return err
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return nil
}

// welcome prints where everything is and who may log in.
func (c *city) welcome(to io.Writer) {
	fmt.Fprintf(to, `
The city is up.

  citizens   http://%s/
  intranet   http://%s/
  mails      http://%s/
  data       %s

Logins of the intranet, all with the password %s:

`, c.Public, c.Office, c.Mail, c.Data, c.secrets.Password)
	for _, line := range c.logins {
		fmt.Fprintln(to, "  "+line)
	}
	fmt.Fprintln(to, "\nCtrl-C stops everything.")
}
