package sim

import (
	"time"
)

// recordCall notes what a worker does, before it does it.
func (p *process) recordCall(c call) {
	l := p.runner
	if l.timerFired != nil {
		p.noteTimer()
	}
	if p.callTrace == nil {
		return
	}
	if p.waiting > 0 {
		l.w.fail(l.w.scene.nondeterministic(nil, "a worker does two things at a time"))
	}
	p.record(c)
}

func (p *process) record(c call) { p.callTrace.frames = append(p.callTrace.frames, frame{call: c}) }

// recordResult notes what came of it.
func (p *process) recordResult(n int, bytes []byte, err error) {
	if p.callTrace != nil {
		f := &p.callTrace.frames[len(p.callTrace.frames)-1]
		f.result, f.returned = result(p.runner.w.now, n, bytes, err), true
	}
}

// kept is what a worker writes, if anybody wants to know.
func (p *process) kept(b []byte) string {
	if p.callTrace == nil {
		return ""
	}
	return string(b)
}

// noteTimer says that a timer of a client has gone off.
func (p *process) noteTimer() {
	l := p.runner
	select {
	case l.timerFired <- true:
	default:
	}
	now := time.Since(epoch)
	if now <= l.w.now {
		return
	}
	l.w.now = now
	if p.callTrace != nil {
		p.record(call{what: callPause, until: now})
		p.recordResult(0, nil, nil)
	}
}
