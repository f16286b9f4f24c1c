package lockstep

import (
	"context"
	"errors"
	"slices"
	"time"
)

// How processes are looked at.
const (
	firstGlance  = 3 * time.Millisecond   // before the first look: mostly the request is there by then
	glance       = 2 * time.Millisecond   // between two looks; each that shows nothing new doubles it
	mostGlance   = 32 * time.Millisecond  // the longest of them
	awakeGlance  = 200 * time.Microsecond // between two looks at a process that has a request pending and still runs
	awakeWait    = 3 * time.Second        // for a process to rest that has a request pending
	dialWait     = 2 * time.Second        // that a connection may take to open or to close
	awaitedWait  = 2 * time.Second        // for a worker that sleeps and is to be next
	patientWait  = 100 * time.Millisecond // for a worker that sleeps, in a patient schedule
	patientTotal = time.Second            // for all that sleep, in the whole of it
	lateGrace    = 5 * time.Millisecond   // for the reply to a request that waited, after a step of others
)

// errTimedOut says that nothing happened for too long.
var errTimedOut = errors.New("nothing happened any more")

// standing is how the processes of a run stand.
type standing struct {
	waiting []*request // requests that can be chosen
	busy    []*link    // connections on which a server is at work
	dialing bool       // of them, some open or close
	late    bool       // a request waits in its server
	open    []*process // that live and have no request pending
	woken   []*process // that have one, and perhaps a thread that is about to ask for more
}

// survey looks at all processes. The hub's mutex is held.
func (r *run) survey() (s standing) {
	for _, p := range r.processes {
		if p == nil {
			continue
		}
		waits := false
		for _, l := range p.links() {
			if l.busy() || p.exited && !l.clientGone { // its end is on its way
				s.busy = append(s.busy, l)
				s.dialing = s.dialing || l.request == nil
				continue
			}
			s.late = s.late || l.late
			if q := l.waiting(); q != nil {
				waits = true
				s.waiting = append(s.waiting, q)
			}
		}
		switch {
		case p.exited:
		case !waits:
			s.open = append(s.open, p)
		case p.woken && !p.awake:
			s.woken = append(s.woken, p)
		}
	}
	return s
}

// settle waits until each living process has a request pending, and no thread that runs, or
// sleeps. Where nobody has a request pending, it waits for those that sleep, and also for the
// worker that is awaited, and for a while for all if the director is patient.
func (r *run) settle(ctx context.Context, d Director) ([]*request, error) {
	began := time.Now()
	changedAt, version := began, -1
	timer := time.NewTimer(firstGlance)
	defer timer.Stop()
	look, pause := false, glance
	for {
		var soon <-chan time.Time
		r.hub.mu.Lock()
		s := r.survey()
		if r.hub.version != version {
			version, changedAt = r.hub.version, time.Now()
		}
		r.hub.mu.Unlock()
		idle := time.Since(changedAt)
		if len(s.busy) == 0 {
			awake := r.awake(s.woken, version, began)
			if (!s.late || time.Since(began) > lateGrace) && !awake && r.rested(s, began, look, d) {
				if d.Patient && len(s.open)+len(s.woken) > 0 {
					r.borne += time.Since(began)
				}
				return s.waiting, nil
			}
			if awake {
				soon = time.After(awakeGlance)
			}
		} else if !s.dialing && idle > r.world.options.ServerWait || s.dialing && idle > dialWait {
			r.giveUpOn(s.busy)
			continue
		}
		if idle > r.world.options.Patience {
			if len(s.waiting) > 0 {
				r.weaken("a worker did nothing for " + r.world.options.Patience.String())
				return s.waiting, nil
			}
			return nil, errTimedOut
		}
		look = false
		select {
		case <-r.hub.changed:
		case <-soon:
		case <-timer.C:
			timer.Reset(pause)
			look, pause = true, min(2*pause, mostGlance)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// awake tells whether a thread of some processes runs, or something has come from them since
// the survey of that version. Once a process rests, it is not looked at again until something
// wakes it. One that never rests is no longer waited for, and the run is weak.
func (r *run) awake(woken []*process, version int, began time.Time) (some bool) {
	for _, p := range woken {
		r.hub.mu.Lock()
		asked := p.asked
		r.hub.mu.Unlock()
		runs := p.runs(asked)
		r.hub.mu.Lock()
		if p.woken = runs || r.hub.version != version || seesThreads && p.unheard(); p.woken {
			if time.Since(began) > awakeWait {
				p.awake = true
				r.weaken("a thread of a worker did not rest within " + awakeWait.String())
			}
			some = some || !p.awake
		}
		r.hub.mu.Unlock()
	}
	return some
}

// rested tells whether nobody has to be waited for.
func (r *run) rested(s standing, began time.Time, look bool, d Director) bool {
	if len(s.open) == 0 {
		return true
	}
	if !look {
		return false
	}
	asleep := true
	for _, p := range s.open {
		asleep = p.sleeps() && asleep
	}
	if !asleep || len(s.waiting) == 0 || !r.allHeard(s) {
		return false
	}
	if d.Patient && r.bearsWith(s.open, time.Since(began)) {
		return false
	}
	who := r.awaited(d, s.waiting)
	for _, p := range s.open {
		if p.worker == who && time.Since(began) < awaitedWait {
			return false
		}
	}
	r.slept = true
	return true
}

// bearsWith tells whether one of those that sleep may wake soon by itself. It is waited for
// once in each of its sleeps, and all together not so long that leases run out meanwhile.
func (r *run) bearsWith(open []*process, waited time.Duration) (some bool) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if r.borne+waited > patientTotal {
		return false
	}
	for _, p := range open {
		inServer := slices.ContainsFunc(p.links(), func(l *link) bool { return l.late })
		if inServer || p.waited {
			continue
		}
		if waited < patientWait {
			some = true
		} else {
			p.waited = true
		}
	}
	return some
}

// allHeard tells whether nothing has come since the survey from those that sleep, and nothing
// is on its way from them.
func (r *run) allHeard(s standing) bool {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	for _, p := range s.open {
		if p.unheard() {
			return false
		}
	}
	now := r.survey()
	return len(now.busy) == 0 && len(now.open) == len(s.open) && len(now.waiting) == len(s.waiting)
}

// giveUpOn waits no longer for some connections: their requests wait in the server, for a
// lock or for an element. It is by the clock that this is known, so the run is weak.
func (r *run) giveUpOn(busy []*link) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	for _, l := range busy {
		l.late = true
	}
	r.weaken("a request was not answered within " + r.world.options.ServerWait.String())
}

// weaken notes why the run proves little.
func (r *run) weaken(why string) {
	if r.result.Weak == "" {
		r.result.Weak = why
	}
}
