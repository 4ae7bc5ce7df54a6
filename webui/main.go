// Command webui serves the public site to citizens and the intranet to staff, each on a listener of its own.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"acropolis/integrations/settings"
	"acropolis/webui/serve"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := realMain(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "webui:", err)
		os.Exit(1)
	}
}

func realMain(ctx context.Context) error {
	var s serve.Settings
	if err := settings.Load(&s, os.LookupEnv); err != nil {
		return err
	}
	return serve.Run(ctx, s, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
}
