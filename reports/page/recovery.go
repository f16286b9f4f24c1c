package page

import (
	"fmt"

	"onceover/reports/chart"
	"onceover/reports/say"
)

// recoveryView says how long it takes until the work that a fault hit is done.
type recoveryView struct {
	Answer string
	Strip  *figureView
}

// Any tells whether there was anything to recover from.
func (v recoveryView) Any() bool { return v.Strip != nil }

func (s *source) recovery() recoveryView {
	recovered, censored := 0, 0
	live := s.live()
	for _, c := range live {
		for _, r := range c.Runs {
			recovered += len(r.RecoveryMS)
			censored += len(r.CensoredMS)
		}
	}
	if recovered+censored == 0 {
		return recoveryView{}
	}
	c := chart.NewRecovery("chart-recovery", live, s.leaseMS())
	c.Title = "From each fault to the commit of what it hit"
	v := recoveryView{Strip: newFigure(c.Title, c.Finding, c)}
	v.Answer = fmt.Sprintf("%s of %s were recovered from: somebody committed the chunk that was hit.",
		say.Thousands(int64(recovered)), say.Plural(recovered+censored, "fault", "faults"))
	if censored > 0 {
		v.Answer += fmt.Sprintf(" %s not, for as long as that was watched; they are counted, and in no average.", say.Plural(censored, "was", "were"))
	}
	return v
}

// leaseMS is the lease of the runs on servers.
func (s *source) leaseMS() int64 {
	for _, p := range s.Parts {
		if p.Run.World == "live" {
			return p.Config.TTLMS
		}
	}
	return s.Config.TTLMS
}
