//go:build !linux

package program

import "syscall"

func stopWithParent(*syscall.SysProcAttr) {} // only Linux tells a child
