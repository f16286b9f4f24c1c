package sim

import (
	"fmt"
	"time"
)

// does notes what a worker does, before it does it.
func (p *player) does(c call) {
	l := p.live
	if l.stirred != nil {
		p.stir()
	}
	if p.strip == nil {
		return
	}
	if p.waiting > 0 {
		l.w.fail(fmt.Errorf("%w: a worker does two things at a time", ErrNondeterministic))
	}
	p.record(c)
}

func (p *player) record(c call) { p.strip.frames = append(p.strip.frames, frame{call: c}) }

// got notes what came of it.
func (p *player) got(n int, bytes []byte, err error) {
	if p.strip != nil {
		f := &p.strip.frames[len(p.strip.frames)-1]
		f.result, f.returned = result(p.live.w.now, n, bytes, err), true
	}
}

// kept is what a worker writes, if anybody wants to know.
func (p *player) kept(b []byte) string {
	if p.strip == nil {
		return ""
	}
	return string(b)
}

// stir says that a timer of a client has gone off.
func (p *player) stir() {
	l := p.live
	select {
	case l.stirred <- true:
	default:
	}
	now := time.Since(epoch)
	if now <= l.w.now {
		return
	}
	l.w.now = now
	if p.strip != nil {
		p.record(call{what: callPause, until: now})
		p.got(0, nil, nil)
	}
}
