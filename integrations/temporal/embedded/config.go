package embedded

import (
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

const (
	mainDatabase       = "temporal"
	visibilityDatabase = "temporal_visibility"
)

// Each of the four services keeps a pool for each of the two databases: at most 96 connections together.
const connectionsPerPool = 12

// services in the order of their ports.
var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

func serverOptions(o Options, ports []int, log *logger) []temporal.ServerOption {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for i, name := range services {
		hosts[name] = static.SingleLocalHost(loopback(ports[i]))
	}
	return []temporal.ServerOption{
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithConfig(serverConfig(o, ports)),
		temporal.WithStaticHosts(hosts), // nobody to gossip with
		temporal.WithDynamicConfigClient(dynamicSettings()),
		temporal.WithLogger(log),
	}
}

func serverConfig(o Options, ports []int) *config.Config {
	const only = "active"
	frontend := loopback(ports[0])
	c := &config.Config{
		Global: config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}},
		Persistence: config.Persistence{
			DefaultStore:     mainDatabase,
			VisibilityStore:  visibilityDatabase,
			NumHistoryShards: int32(o.Shards),
			DataStores: map[string]config.DataStore{
				mainDatabase:       {SQL: store(o, mainDatabase)},
				visibilityDatabase: {SQL: store(o, visibilityDatabase)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        only,
			CurrentClusterName:       only,
			ClusterInformation: map[string]cluster.ClusterInformation{
				only: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: frontend},
		Services:            map[string]config.Service{},
	}
	for i, name := range services {
		c.Services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnIP: "127.0.0.1"}}
	}
	const disabled = "disabled"
	c.Archival.History.State, c.Archival.Visibility.State = disabled, disabled
	c.NamespaceDefaults.Archival.History.State, c.NamespaceDefaults.Archival.Visibility.State = disabled, disabled
	return c
}

func store(o Options, database string) *config.SQL {
	return &config.SQL{
		PluginName: postgresql.PluginNamePGX, DatabaseName: database,
		ConnectAddr: address(o), ConnectProtocol: "tcp", User: o.User, Password: o.Password,
		MaxConns: connectionsPerPool, MaxIdleConns: connectionsPerPool, MaxConnLifetime: time.Hour,
	}
}

// dynamicSettings are where the defaults, made for a farm, don't suit one machine of two cores and one city.
func dynamicSettings() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// Nothing is told to anyone outside.
		dynamicconfig.EnableServerVersionCheck.Key(): false,

		// One partition per task queue: a task needn't look for its poller, and there is less to poll.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,

		// A crowd that decides on one forum at once waits instead of being refused; a long life has room for many decisions.
		dynamicconfig.WorkflowExecutionMaxInFlightUpdates.Key(): 200,
		dynamicconfig.WorkflowExecutionMaxTotalUpdates.Key():    10_000,

		// A procedure whose code panics, or doesn't know its history, is told of after the second failure in a row.
		dynamicconfig.NumConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute.Key(): 2,

		// Sweep lists what runs; ten lists a second would be refused otherwise.
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 200,

		// Fewer hands and smaller memories. Goroutines and entries, not speed: the database is the limit.
		dynamicconfig.TimerProcessorSchedulerWorkerCount.Key():      64,
		dynamicconfig.TransferProcessorSchedulerWorkerCount.Key():   64,
		dynamicconfig.VisibilityProcessorSchedulerWorkerCount.Key(): 64,
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key():            4096,
	}
}
