//go:build unix

package cluster

import (
	"maps"
	"slices"
	"strconv"
)

// settings are the server's, as command line arguments: they are in force at every start, whatever an older release wrote
// into the data.
func settings(port int, o Options) []string {
	all := map[string]string{
		"port":                    strconv.Itoa(port),
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": "", // the rights of a shared /tmp are one thing less to think about

		// For a machine of two cores and a few gigabytes that runs everything else too.
		"max_connections":      "300",
		"shared_buffers":       "256MB",
		"effective_cache_size": "1GB",
		"work_mem":             "8MB",
		"maintenance_work_mem": "128MB",
		"random_page_cost":     "1.1", // solid state
		"jit":                  "off", // short queries only: compiling costs more than it saves

		"synchronous_commit": "on", // an opinion that was acknowledged is on disk
		"timezone":           "UTC",
		"log_timezone":       "UTC",

		// A failed statement's message, detail and text hold what citizens wrote. The caller has the error; the log
		// keeps what concerns the server itself.
		"log_min_messages":        "log",
		"log_min_error_statement": "panic",
		"log_error_verbosity":     "terse",
		"log_checkpoints":         "off",
	}
	if o.Fast {
		// Commits still reach the kernel before they are acknowledged, so that tests may kill the server. Shared memory in
		// the data folder goes with it, where a killed server would leave it in /dev/shm for ever.
		maps.Copy(all, map[string]string{
			"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0",
			"shared_buffers": "64MB", "dynamic_shared_memory_type": "mmap",
		})
	}
	maps.Copy(all, o.Settings)
	var args []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}
