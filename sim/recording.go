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
	if p.at == nil {
		return
	}
	if p.waiting > 0 {
		l.w.fail(fmt.Errorf("%w: a worker does two things at a time", ErrNondeterministic))
	}
	if err := p.at.record(c); err != nil {
		l.w.fail(err)
	}
}

// got notes what came of it.
func (p *player) got(n int, bytes []byte, err error) {
	if p.at != nil {
		p.at = p.live.tape.after(p.at, result(p.live.w.now, n, bytes, err))
	}
}

// kept is what a worker writes, if anybody wants to know.
func (p *player) kept(b []byte) string {
	if p.at == nil {
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
	if p.at == nil {
		return
	}
	if err := p.at.record(call{what: callPause, until: now}); err != nil {
		l.w.fail(err)
	}
	p.got(0, nil, nil)
}
