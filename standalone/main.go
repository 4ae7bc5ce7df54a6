// Command standalone runs a whole city in one process: a private PostgreSQL cluster, the Temporal server, a demo directory,
// a mail sink, the worker, the public site and the intranet.
//
//	standalone                  everything, with the demo city
//	standalone services         the services alone; worker and webui run apart (see DIR/env)
//	standalone journey [flags]  a forum's whole life, acted by its people over HTTP
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := realMain(ctx, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "standalone:", err)
		os.Exit(1)
	}
}

func realMain(ctx context.Context, args []string) error {
	command := "city"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	switch command {
	case "city":
		return runCity(ctx, args)
	case "services":
		return runServices(ctx, args)
	case "journey":
		return runJourney(ctx, args)
	}
	return fmt.Errorf("no command %q: city (the default), services or journey", command)
}

// runCity keeps the city up until it is told to stop.
func runCity(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("standalone", flag.ContinueOnError)
	o := cityFlags(flags)
	flags.BoolVar(&o.Demo, "demo", true, "fill an empty city with the demo forums")
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := startCity(ctx, *o)
	if err != nil {
		return err
	}
	c.welcome(os.Stdout)
	return c.stay(ctx)
}

// runServices keeps PostgreSQL, Temporal, the directory and the sink up for a worker and webui that run apart.
func runServices(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("standalone services", flag.ContinueOnError)
	o := cityFlags(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := startServices(ctx, *o)
	if err != nil {
		return err
	}
	fmt.Printf("The services are up; worker and webui find them by the settings in %s\n", s.envFile())
	return s.stay(ctx)
}

func cityFlags(flags *flag.FlagSet) *options {
	o := &options{}
	flags.StringVar(&o.Data, "data", ".acropolis", "the city's directory")
	flags.StringVar(&o.Public, "public", "127.0.0.1:8080", "where citizens are served")
	flags.StringVar(&o.Office, "office", "127.0.0.1:8081", "where staff are served")
	flags.StringVar(&o.Mail, "mail", "127.0.0.1:8025", "where the mails can be read")
	return o
}
