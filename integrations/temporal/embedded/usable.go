package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common"
	"go.temporal.io/server/common/primitives"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retention is how long a finished workflow's history can be looked at.
const retention = 7 * 24 * time.Hour

// usableTimeout is more than a slow machine needs; a start that takes longer has failed.
const usableTimeout = time.Minute

// awaitUsable registers the namespace and returns when the server does what its clients will ask for. The parts of the
// server start in the background: a frontend that listens promises nothing yet.
func awaitUsable(ctx context.Context, address string, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, usableTimeout)
	defer cancel()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	frontend := workflowservice.NewWorkflowServiceClient(conn)

	var namespace *workflowservice.DescribeNamespaceResponse
	if err := until(ctx, "the namespace", func() (err error) {
		namespace, err = describeOrRegister(ctx, frontend, o.Namespace)
		return err
	}); err != nil {
		return err
	}
	for shard := range o.Shards {
		probe := workflowIn(int32(shard+1), namespace.GetNamespaceInfo().GetId(), o.Shards)
		if err := until(ctx, "histories", func() error { return answersFor(ctx, frontend, o.Namespace, probe) }); err != nil {
			return err
		}
	}
	return until(ctx, "schedules", func() error { return schedulerPolls(ctx, frontend, o.Namespace) })
}

// until asks again while the server isn't there yet.
func until(ctx context.Context, what string, ask func() error) error {
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s did not become usable: %w", what, errors.Join(ctx.Err(), err))
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func describeOrRegister(ctx context.Context, frontend workflowservice.WorkflowServiceClient, namespace string) (
	*workflowservice.DescribeNamespaceResponse, error) {
	described, err := frontend.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if missing := (*serviceerror.NamespaceNotFound)(nil); err == nil || !errors.As(serviceerror.FromStatus(status.Convert(err)), &missing) {
		return described, err
	}
	_, err = frontend.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	return nil, errors.Join(errors.New("registered just now"), err)
}

// answersFor is nil when the part that keeps this workflow's history says that there is none: it is at work.
func answersFor(ctx context.Context, frontend workflowservice.WorkflowServiceClient, namespace, workflow string) error {
	_, err := frontend.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: workflow},
	})
	if none := (*serviceerror.NotFound)(nil); errors.As(serviceerror.FromStatus(status.Convert(err)), &none) {
		return nil
	}
	return errors.Join(errors.New("no answer about "+workflow), err)
}

// schedulerPolls is nil when the server's own worker, which runs the namespace's schedules, takes tasks.
func schedulerPolls(ctx context.Context, frontend workflowservice.WorkflowServiceClient, namespace string) error {
	queue, err := frontend.DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace, TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
		TaskQueue: &taskqueuepb.TaskQueue{Name: primitives.PerNSWorkerTaskQueue},
	})
	if err == nil && len(queue.GetPollers()) == 0 {
		return errors.New("nobody runs schedules yet")
	}
	return err
}

// workflowIn makes up a workflow whose history would be kept in that shard.
func workflowIn(shard int32, namespaceID string, shards int) string {
	for i := 0; ; i++ {
		id := fmt.Sprintf("acropolis-probe-%d", i)
		if common.WorkflowIDToHistoryShard(namespaceID, id, int32(shards)) == shard {
			return id
		}
	}
}
