package reports

// Exit codes of the program. Gate.ExitCode is one of them. A load that is refused for
// its input has codes of its own, from 10 to 17.
const (
	ExitPass        = 0
	ExitFail        = 1 // a violation, a control that was missed, or a cell that is gone
	ExitUsage       = 2
	ExitUnknown     = 3   // too little was learned, or not everything was done
	ExitNoCell      = 4   // no scenario can take place
	ExitCost        = 5   // only costs have regressed
	ExitEnvironment = 69  // EX_UNAVAILABLE of sysexits.h
	ExitBug         = 70  // EX_SOFTWARE
	ExitInterrupted = 130 // as a shell reports an end by SIGINT
)
