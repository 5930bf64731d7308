package pgtest

import "syscall"

// processAttributes make the kernel shut the server down at once when this process dies.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}

// withoutDeathSignal is for a short child that is waited for on any thread.
func withoutDeathSignal(a *syscall.SysProcAttr) *syscall.SysProcAttr {
	plain := *a
	plain.Pdeathsig = 0
	return &plain
}
