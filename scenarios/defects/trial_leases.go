package defects

import (
	"onceover/loader/lock"
	"onceover/reports"
)

// leaseTrials divide the chunks by keys of Redis that run out.
var leaseTrials = []Trial{
	{
		Name:     "lease-and-plain-push",
		About:    "The commit pushes and marks in one transaction, and does not look whether the lease is still held.",
		Strategy: noRetries(sweep(lock.UntilDone, takeLease)),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "lease-and-script",
		About:    "One script looks at the bit, pushes and marks, so that a lease that ran out costs only time.",
		Strategy: noRetries(fencedBy(uncommitted)),
	},
}
