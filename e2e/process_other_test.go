//go:build !linux

package e2e

import "syscall"

func stopWithParent(*syscall.SysProcAttr) {} // only Linux tells a child
