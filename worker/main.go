// Command worker carries out the city's procedures and delivers its mail.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"acropolis/integrations/settings"
	"acropolis/worker/run"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := realMain(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func realMain(ctx context.Context) error {
	var s run.Settings
	if err := settings.Load(&s, os.LookupEnv); err != nil {
		return err
	}
	return run.Run(ctx, s, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
}
