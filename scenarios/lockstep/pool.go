package lockstep

import (
	"sync"
	"time"
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
	ending sync.WaitGroup
}

type launched struct {
	*process
	err error
}

func newPool(w *World) *pool {
	p := &pool{world: w, hub: newHub(), quit: make(chan struct{})}
	for number := range w.options.Workers {
		ready := make(chan launched, w.options.Ahead-1)
		p.ready = append(p.ready, ready)
		p.ending.Go(func() { p.launch(number, ready) })
	}
	return p
}

// launch keeps some processes of a worker ready.
func (p *pool) launch(number int, ready chan launched) {
	for {
		one, err := p.world.launch(p.hub, number)
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
		stale := !one.parked.IsZero() && time.Since(one.parked) > mostParked
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
}
