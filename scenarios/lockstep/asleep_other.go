//go:build !linux

package lockstep

import "syscall"

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// sleep is nothing: whether a process sleeps is not known here.
type sleep struct{}

// sleeps is false: a program that waits is waited for until its time is over.
func (p *process) sleeps() bool { return false }

const seesThreads = false

// runs is false: nobody knows.
func (p *process) runs(bool) bool { return false }

// unheard is asked only of a process that sleeps.
func (p *process) unheard() bool { return true }
