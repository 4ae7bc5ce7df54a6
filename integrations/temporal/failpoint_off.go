//go:build !failpoint

package temporal

import "go.temporal.io/sdk/interceptor"

// failpoints are only in a worker that is built to be killed (-tags failpoint).
func failpoints() []interceptor.WorkerInterceptor { return nil }
