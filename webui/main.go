// Command webui serves the public site to citizens and the intranet to staff, each on a listener of its own.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
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

// heapGrowth trades memory, of which a web process needs little, for the time that the collector would take from a crowd.
const heapGrowth = 400

func realMain(ctx context.Context) error {
	var s serve.Settings
	if err := settings.Load(&s, os.LookupEnv); err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	log, closeLog := serve.NewLog(os.Stderr)
	defer closeLog()
	return serve.Run(ctx, s, log)
}
