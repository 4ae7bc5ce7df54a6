// Command worker carries out the city's procedures and delivers its mail. With "bounces" it notes a letter that came back, from
// standard input or from a Maildir, and ends; see docs/mail.md.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"acropolis/integrations/postgres"
	"acropolis/integrations/settings"
	"acropolis/worker/run"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := realMain(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		if isBounces() {
			os.Exit(tryLater)
		}
		os.Exit(1)
	}
}

// tryLater is EX_TEMPFAIL: a mail server that pipes a report to us keeps it and tries again.
const tryLater = 75

func isBounces() bool { return len(os.Args) > 1 && os.Args[1] == "bounces" }

func realMain(ctx context.Context) error {
	if isBounces() {
		var s postgres.Settings
		if err := settings.Load(&s, os.LookupEnv); err != nil {
			return err
		}
		maildir := ""
		if len(os.Args) > 2 {
			maildir = os.Args[2]
		}
		return run.Bounces(ctx, s, os.Stdin, maildir, os.Stdout)
	}
	var s run.Settings
	if err := settings.Load(&s, os.LookupEnv); err != nil {
		return err
	}
	return run.Run(ctx, s, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
}
