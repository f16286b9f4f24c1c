package sim

import (
	"context"
	"errors"
	"slices"
	"time"
)

// renewal is something that a program does once a period, beside its work.
//
// It takes the worker's turn where the worker would otherwise send a request to
// Redis or go on sleeping, and is over before the worker goes on: a worker stays
// a function of the replies that it got. By then the worker has made up its mind
// about its own request, so what the renewal finds out comes too late for that
// one. A renewal and the worker's own request are never under way together.
type renewal struct {
	ctx     context.Context
	due     time.Duration
	period  time.Duration
	f       func(context.Context) error
	stopped bool
}

// ErrRenews says that a program has ended and a renewal that it began has not:
// in real time it would go on for ever. Nothing is found in such a program.
var ErrRenews = errors.New("sim: the program has ended, and a renewal of it was never stopped")

// every is Env.Every. Calls that a pause has swallowed are not made up for.
func (p *process) every(ctx context.Context, period time.Duration, f func(context.Context) error) (stop func()) {
	if period <= 0 {
		panic("sim: a renewal needs a period")
	}
	p.mayHangUpTogether()
	r := &renewal{ctx: ctx, due: p.now() + period, period: period, f: f}
	p.renewals = append(p.renewals, r)
	return func() { r.stopped = true }
}

func (p *process) now() time.Duration {
	p.runner.mu.Lock()
	defer p.runner.mu.Unlock()
	return p.runner.w.now
}

// nextRenewal is the one that is due first; nil if there is none, or if one is
// under way.
func (p *process) nextRenewal() (next *renewal) {
	if p.renewing {
		return nil
	}
	live := p.renewals[:0]
	for _, r := range p.renewals {
		if r.stopped || r.ctx.Err() != nil {
			continue
		}
		live = append(live, r)
		if next == nil || r.due < next.due {
			next = r
		}
	}
	p.renewals = live
	return next
}

// renew makes the calls that are due.
func (p *process) renew() {
	for r := p.nextRenewal(); r != nil && r.due <= p.now(); r = p.nextRenewal() {
		p.renewing = true
		err := r.f(r.ctx)
		p.renewing = false
		r.due = p.now() + r.period
		r.stopped = r.stopped || err != nil
	}
}

// mayHangUpTogether says that the client now has more than one connection, and
// closes them in any order when it is closed itself.
func (p *process) mayHangUpTogether() {
	p.runner.mu.Lock()
	defer p.runner.mu.Unlock()
	p.together = true
}

// hangUpTogether closes, in their order, the connections that the client has
// closed since the last call.
func (p *process) hangUpTogether() {
	slices.Sort(p.closing)
	for _, link := range p.closing {
		c := call{what: callHangUp, link: link}
		p.recordCall(c)
		n, come, err, _ := p.runner.w.perform(p.worker, &c, nil, false)
		p.recordResult(n, come, err)
	}
	p.closing = nil
}
