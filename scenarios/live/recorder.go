package live

import (
	"time"

	"onceover/reports"
)

// recorder writes the history of a run, and keeps what became of its faults.
type recorder struct {
	history  *reports.HistoryWriter
	began    time.Time
	changed  time.Time // when the last fault was over, or the last row arrived
	recovery *recovery
}

// at is how long the run has lasted, in milliseconds.
func (r *recorder) at() float64 { return milliseconds(time.Since(r.began)) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r *recorder) note(e reports.Event) {
	e.AtMS = r.at()
	r.history.Add(e)
}

// record writes down what becomes of a fault.
func (r *recorder) record(f *pendingFault, phase reports.Phase, evidence string) {
	e := f.victim
	e.Fault = &reports.FaultRef{Index: f.index, Kind: string(f.Kind), Line: f.result.Text, Phase: phase}
	if phase == reports.FaultSeen {
		e.Fault.Effect = f.spec().Effect
	}
	if f.At.AtStep() {
		e.Fault.Step = f.At.Step.String()
	}
	e.Text = evidence
	r.note(e)
}

// injected records that a fault is injected at a chunk, -1 if its worker has none.
func (r *recorder) injected(f *pendingFault, chunk int) {
	f.result.Reached, f.result.AtMS = true, r.at()
	r.recovery.injected(f, chunk, r.at())
	r.record(f, reports.FaultInjected, "")
}

// seen records that a fault took effect.
func (r *recorder) seen(f *pendingFault, evidence string) {
	f.result.Confirmed = true
	f.addEvidence(evidence)
	r.record(f, reports.FaultSeen, evidence)
}

// heal records that the effect of a fault is over. A fault without effect is just over.
func (r *recorder) heal(f *pendingFault, evidence string) {
	if f.result.Confirmed {
		f.addEvidence(evidence)
		r.record(f, reports.FaultHealed, evidence)
	}
	r.settle(f)
}

// noEffect records that a fault did not take effect.
func (r *recorder) noEffect(f *pendingFault, why string) {
	f.result.Confirmed, f.result.Evidence = false, why
	r.recovery.missed(f)
	r.record(f, reports.FaultMissed, why)
}

// abandon records that a fault did not take effect, and is over.
func (r *recorder) abandon(f *pendingFault, why string) {
	r.noEffect(f, why)
	r.settle(f)
}

// settle says that nothing is awaited of a fault any more.
func (r *recorder) settle(f *pendingFault) {
	f.settled = true
	f.result.HealedMS = r.at()
	r.changed = time.Now()
}
