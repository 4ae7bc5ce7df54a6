package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"

	"acropolis/standalone/demo"
	"acropolis/standalone/journey"
)

// journeyFlags are the options of the command.
type journeyFlags struct {
	input, out, data, public, office, mail, password, staff string
}

// runJourney acts a forum's whole life, in a city of its own or in one that is running already.
func runJourney(ctx context.Context, args []string) error {
	var f journeyFlags
	flags := flag.NewFlagSet("standalone journey", flag.ContinueOnError)
	flags.StringVar(&f.input, "input", "", "the opinions as CSV; the demo city's 109 where none is given")
	flags.StringVar(&f.out, "out", "out", "where summary.json and the workbook are written")
	flags.StringVar(&f.data, "data", "", "the city's directory; one that is removed at the end where none is given")
	flags.StringVar(&f.public, "public", "", "attach to the running city whose citizens are served here, as http://host:port")
	flags.StringVar(&f.office, "office", "", "and whose staff are served here")
	flags.StringVar(&f.mail, "mail", "http://127.0.0.1:8025", "and whose mails are read here")
	flags.StringVar(&f.password, "password", "", "the staff's password in a running city; that of -data where none is given")
	flags.StringVar(&f.staff, "staff", "", "a JSON file with the logins of the staff by duty; the demo city's where none is given")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("nothing is known of %q", flags.Args())
	}
	c, err := f.config()
	if err != nil {
		return err
	}
	if (f.public == "") != (f.office == "") {
		return errors.New("-public and -office go together")
	}
	if f.public != "" {
		return f.attach(ctx, c)
	}
	return f.inOwnCity(ctx, c)
}

func (f journeyFlags) config() (journey.Config, error) {
	c := journey.Config{Out: f.out, Log: os.Stderr, Input: bytes.NewReader(demo.OpinionsCSV())}
	if f.input != "" {
		raw, err := os.ReadFile(f.input)
		if err != nil {
			return c, err
		}
		c.Input = bytes.NewReader(raw)
	}
	var err error
	if f.staff == "" {
		c.Staff, err = demo.Staff()
		return c, err
	}
	raw, err := os.ReadFile(f.staff)
	if err == nil {
		err = json.Unmarshal(raw, &c.Staff)
	}
	return c, err
}

func (f journeyFlags) attach(ctx context.Context, c journey.Config) error {
	c.Public, c.Office, c.Mail, c.Password = f.public, f.office, f.mail, f.password
	if c.Password == "" {
		if f.data == "" {
			return errors.New("a running city's staff need -password, or -data with the city's own directory")
		}
		s, err := loadSecrets(f.data)
		if err != nil {
			return err
		}
		c.Password = s.Password
	}
	return tell(journey.Run(ctx, c))
}

func (f journeyFlags) inOwnCity(ctx context.Context, c journey.Config) (err error) {
	if f.data == "" {
		dir, err := os.MkdirTemp("", "acropolis-journey-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // PostgreSQL's own user must get in; what is secret has its own mode
			return err
		}
		f.data = dir
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "starting a city of its own; its log is", f.data+"/city.log")
	city, err := startCity(ctx, options{Data: f.data, Public: ports[0], Office: ports[1], Mail: ports[2]})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, city.stop()) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case failure := <-city.failed:
			cancel(failure)
		case <-ctx.Done():
		}
	}()
	c.Public, c.Office, c.Mail, c.Password = "http://"+ports[0], "http://"+ports[1], "http://"+ports[2], city.secrets.Password
	return tell(journey.Run(ctx, c))
}

func tell(r journey.Result, err error) error {
	if err == nil {
		_, err = io.WriteString(os.Stdout, "\n"+r.Table())
	}
	return err
}

// freePorts are loopback addresses where nobody listens now.
func freePorts(n int) ([]string, error) {
	var addresses []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }()
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}
