package lockstep

import (
	"context"
	"slices"
	"sync"
	"time"

	"onceover/scenarios/worker"
)

// mostParked is how long a process may have waited for its part: a client gives up its first
// connection after a few seconds.
const mostParked = 1500 * time.Millisecond

// pool starts processes before they are needed, since that is what takes longest.
type pool struct {
	world  *World
	hub    *hub
	ready  []chan launched // of each worker
	quit   chan struct{}
	base   *process // that is forked; nil: none is
	ending sync.WaitGroup
}

type launched struct {
	*process
	err error
}

func newPool(w *World) *pool {
	return &pool{world: w, hub: newHub(), quit: make(chan struct{})}
}

// begin starts the first process. If that is an interpreter that can be forked, all others
// are forks of it; else it is the first of worker 0.
func (p *pool) begin(ctx context.Context) error {
	w := p.world
	var first *process
	if w.zygotes.listener != nil && !slices.ContainsFunc(worker.Placeholders(), w.options.Command.Uses) { // a placeholder would be the same for all
		environ := w.environ
		w.environ = w.zygotes.environ(slices.Clone(environ))
		one, err := w.launch(p.hub, 0)
		w.environ = environ
		if err != nil {
			return err
		}
		switch forked, late := p.forked(ctx, one); {
		case late: // it may still come to wait for forks, and would then never do its part
			one.discard()
		case !forked:
			first = one
		}
	}
	for number := range w.options.Workers {
		ready := make(chan launched, w.options.Ahead-1)
		p.ready = append(p.ready, ready)
		begun := first // of worker 0
		first = nil
		p.ending.Go(func() { p.launch(number, ready, begun) })
	}
	return ctx.Err()
}

// forked waits until the first process says that it can be forked, or does anything else. It
// is late if it does neither.
func (p *pool) forked(ctx context.Context, first *process) (forked, late bool) {
	deadline := time.NewTimer(zygoteWait)
	defer deadline.Stop()
	for {
		p.hub.mu.Lock()
		goesOn := first.exited || !first.parked.IsZero()
		p.hub.mu.Unlock()
		if goesOn {
			return false, false
		}
		select {
		case one := <-p.world.zygotes.found:
			p.world.zygotes.use(one)
			p.base = first
			return true, false
		case <-p.hub.changed:
		case <-deadline.C:
			return false, true
		case <-ctx.Done():
			return false, false
		}
	}
}

// launch keeps some processes of a worker ready.
func (p *pool) launch(number int, ready chan launched, one *process) {
	for {
		var err error
		if one == nil {
			one, err = p.world.launch(p.hub, number)
		}
		select {
		case ready <- launched{one, err}:
		case <-p.quit:
			if err == nil {
				one.discard()
			}
			return
		}
		if err != nil {
			return
		}
		one = nil
	}
}

// take hands out the next process of a worker. One that has waited for too long is not used.
func (p *pool) take(number int) (*process, error) {
	for {
		one := <-p.ready[number]
		if one.err != nil {
			return nil, one.err
		}
		p.hub.mu.Lock()
		stale := one.forked && !p.world.zygotes.forking() || !one.parked.IsZero() && time.Since(one.parked) > mostParked
		p.hub.mu.Unlock()
		if !stale {
			return one.process, nil
		}

		p.bury(one.process)
	}
}

// bury ends a process, which nobody waits for.
func (p *pool) bury(one *process) {
	one.kill()
	p.ending.Go(one.discard)
}

// close ends all processes and waits for them.
func (p *pool) close() {
	close(p.quit)
	for _, ready := range p.ready {
		for more := true; more; {
			select {
			case one := <-ready:
				if one.err == nil {
					one.discard()
				}
			default:
				more = false
			}
		}
	}
	p.ending.Wait()
	for _, ready := range p.ready { // one may have been handed over meanwhile
		select {
		case one := <-ready:
			if one.err == nil {
				one.discard()
			}
		default:
		}
	}
	if p.base != nil {
		p.base.discard()
	}
}
