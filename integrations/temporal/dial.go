package temporal

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// Settings of the Temporal client.
type Settings struct {
	Address   string `env:"TEMPORAL_ADDRESS" default:"127.0.0.1:7233" help:"the Temporal server's frontend, as host:port"`
	Namespace string `env:"TEMPORAL_NAMESPACE" default:"default" help:"the Temporal namespace of this city"`
}

// Dial connects, waiting for a server that is still starting until ctx ends.
func Dial(ctx context.Context, s Settings, logger *slog.Logger) (client.Client, error) {
	options := client.Options{HostPort: s.Address, Namespace: s.Namespace, Logger: log.NewStructuredLogger(logger)}
	for {
		c, err := client.DialContext(ctx, options)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("Temporal at %s: %w", s.Address, err)
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// DialLazily connects on first use: the public site works while Temporal is away.
func DialLazily(s Settings, logger *slog.Logger) (client.Client, error) {
	return client.NewLazyClient(client.Options{HostPort: s.Address, Namespace: s.Namespace, Logger: log.NewStructuredLogger(logger)})
}
