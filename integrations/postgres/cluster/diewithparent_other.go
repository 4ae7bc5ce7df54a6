//go:build unix && !linux

package cluster

import "syscall"

func dieWithParent(*syscall.SysProcAttr) {} // only Linux tells a child
