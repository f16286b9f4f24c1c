package faults

// Pause stops a worker for a while without its noticing, as SIGSTOP, a long
// garbage collection or a frozen virtual machine do. Its connections stay open.
const Pause Kind = "pause"

var pause = Spec{
	Kind:     Pause,
	Summary:  "a worker stands still for a while (SIGSTOP, then SIGCONT)",
	Example:  "pause worker=* chunk=7 at=committing for=2.5s",
	takes:    []string{"for"},
	requires: []string{"for"},
}
