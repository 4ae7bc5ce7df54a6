//go:build unix

package cluster

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Free ports are taken from below the range that systems use for outgoing connections: there a port that was ours could
// be gone at the next start.
const (
	lowestPort  = 15000
	highestPort = 32000
)

// choosePort returns the fixed port, or the one the directory remembers, or a free one to be remembered.
func choosePort(dir string, o Options, a *account) (int, error) {
	if o.Port != 0 {
		if !becomesFree(o.Port) {
			return 0, fmt.Errorf("PostgreSQL can't listen on 127.0.0.1:%d: another program does", o.Port)
		}
		return o.Port, nil
	}
	path := filepath.Join(dir, "port")
	remembered, _ := os.ReadFile(path)
	if port, err := strconv.Atoi(strings.TrimSpace(string(remembered))); err == nil {
		if becomesFree(port) {
			return port, nil
		}
		fmt.Fprintf(o.Log, "port %d is taken by another program: choosing another one for PostgreSQL\n", port)
	}
	for range 100 {
		port := lowestPort + rand.IntN(highestPort-lowestPort)
		if isFree(port) {
			return port, keep(path, strconv.Itoa(port), a)
		}
	}
	return 0, errors.New("found no free port for PostgreSQL on 127.0.0.1")
}

// becomesFree waits a little: one that a killed server has just left may be held for a moment by what remains of it.
func becomesFree(port int) bool {
	for end := time.Now().Add(time.Second); !isFree(port); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func isFree(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	l.Close()
	return true
}
