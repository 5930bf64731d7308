//go:build !linux

package pgtest

import "syscall"

// processAttributes cannot tie the server to this process here: Main stops it.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func withoutDeathSignal(a *syscall.SysProcAttr) *syscall.SysProcAttr { return a }
