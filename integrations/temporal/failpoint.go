//go:build failpoint

package temporal

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// failpoints let a test kill this process before or after any activity. FAILPOINT names the place, as before:CloseForum#1 or
// after:CloseForum#1, counted by process; FAILPOINT_LOG is a file that gets a line for each activity that is carried out.
func failpoints() []interceptor.WorkerInterceptor {
	return []interceptor.WorkerInterceptor{&failpoint{}}
}

type failpoint struct {
	interceptor.WorkerInterceptorBase

	mu      sync.Mutex
	entered map[string]int
}

func (f *failpoint) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	around := &around{failpoint: f}
	around.Next = next
	return around
}

type around struct {
	interceptor.ActivityInboundInterceptorBase
	*failpoint
}

func (a *around) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	place := a.enter(activity.GetInfo(ctx).ActivityType.Name)
	dieAt("before:" + place)
	result, err := a.Next.ExecuteActivity(ctx, in)
	dieAt("after:" + place)
	return result, err
}

// enter counts an activity and writes it down.
func (f *failpoint) enter(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.entered == nil {
		f.entered = map[string]int{}
	}
	f.entered[name]++
	place := fmt.Sprintf("%s#%d", name, f.entered[name])
	if path := os.Getenv("FAILPOINT_LOG"); path != "" {
		file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		_, _ = fmt.Fprintln(file, place)
		_ = file.Close()
	}
	return place
}

// dieAt ends the process as kill -9 does, if this is the place.
func dieAt(place string) {
	if place == os.Getenv("FAILPOINT") {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
