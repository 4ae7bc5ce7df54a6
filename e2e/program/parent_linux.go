package program

import "syscall"

// stopWithParent lets the kernel stop the city's programs when the test binary dies, however it dies.
func stopWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGTERM }
