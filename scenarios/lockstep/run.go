package lockstep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/target"
	"onceover/sim"
)

// Director decides what happens next, and for whom to wait.
type Director struct {
	Choose sim.Chooser
	// Await is the event that has to come next, if it can; nil: nobody is waited for in
	// particular. Its worker may sleep while others could go on.
	Await func() (next sim.EventID, ok bool)
	// Patient waits before each step until workers that sleep have woken, if that is soon. So
	// one that looks again and again has its turn while others are at work.
	Patient bool
}

// Result is what a run came to.
type Result struct {
	sim.Run
	Rows    reports.RowCounts
	Weak    string        // why the run proves little, as one that needed a time-out; "": nothing speaks against it
	Slept   bool          // a worker slept while others could go on
	Longer  time.Duration // the longest lease that no pause outlasts; 0: none was seen
	Asked   int           // requests that were chosen
	Words   []string
	Failure string // how the last worker failed that no fault had struck; "": none did
	Mistake string // of the program, as far as the trace shows it; "": it does not

	records []record // of the events
	target  target.Target
	misfit  string // what is of another type than the target; "": nothing
}

// run is one schedule as it goes on.
type run struct {
	world     *World
	hub       *hub
	budget    faults.Budget
	left      faults.Budget
	processes []*process // of each worker, its present life; nil: none any more
	lives     []int
	ords      []int
	failed    []int
	gaveUp    []string
	changed   bool // somebody did more with MySQL than to read
	slept     bool
	borne     time.Duration // how long a patient director waited for those that sleep
	lease     time.Duration // until the last lease runs out that is held
	list      []string      // as it was last seen
	names     map[*link]string
	result    Result
}

// Run carries out one schedule.
func (w *World) Run(ctx context.Context, budget faults.Budget, d Director) (result Result, err error) {
	n := w.options.Workers
	r := &run{
		world: w, hub: w.pool.hub, budget: budget, left: faults.Budget{},
		processes: make([]*process, n), lives: make([]int, n), ords: make([]int, n), failed: make([]int, n),
		names: map[*link]string{}, gaveUp: make([]string, n), result: Result{target: w.target},
	}
	for kind, count := range budget {
		r.left[kind] = count
	}
	defer func() {
		if left := r.clear(); err == nil {
			err = left
		}
	}()
	if err := w.reset(ctx, w.dirty); err != nil {
		return Result{}, err
	}
	w.dirty = false
	for number := range n {
		if err := r.start(number); err != nil {
			return Result{}, err
		}
	}
	err = r.schedule(ctx, d)
	r.result.Slept = r.slept
	r.result.Used = used(budget, r.left)
	r.result.Mistake = explain(evidenceOf(r.result, w.options.Rows))
	return r.result, err
}

func used(budget, left faults.Budget) faults.Budget {
	all := faults.Budget{}
	for kind, n := range budget {
		if n > left[kind] {
			all[kind] = n - left[kind]
		}
	}
	return all
}

// clear ends what still runs.
func (r *run) clear() (err error) {
	for _, p := range r.processes {
		if p != nil {
			p.kill()
		}
	}
	for _, p := range r.processes {
		if p != nil {
			err = errors.Join(err, r.retire(p))
		}
	}
	r.world.dirty = r.world.dirty || r.changed
	return err
}

// retire ends a process for good. Its connections end before the next run begins.
func (r *run) retire(p *process) error {
	p.discard()
	err := r.await(p)
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.changed = r.changed || p.changed
	return err
}

// await waits until the servers know that all connections of a process have ended. A request
// of one that has not might act in the next run.
func (r *run) await(p *process) error {
	deadline := newDeadline(r.world.options.CloseWait)
	for {
		r.hub.mu.Lock()
		open := len(p.links())
		r.hub.mu.Unlock()
		if open == 0 {
			return nil
		}
		if !deadline.wait(r.hub.changed) {
			p.sever()
			return fmt.Errorf("a server did not end the connections of a worker that had ended within %s, so its requests might act in the next run", r.world.options.CloseWait)
		}
	}
}

// start begins the present life of a worker.
func (r *run) start(number int) error {
	p, err := r.world.pool.take(number)
	if err != nil {
		return err
	}
	r.processes[number] = p
	p.activate(r.lives[number])
	return nil
}

// schedule lets one thing after the other happen, until nothing can or something bad has.
func (r *run) schedule(ctx context.Context, d Director) error {
	fair := sim.Chooser(nil)
	for {
		waiting, err := r.settle(ctx, d)
		if trouble := r.trouble(); trouble != nil {
			return trouble
		}
		if errors.Is(err, errTimedOut) {
			return r.stuck(ctx)
		}
		if err != nil {
			return err
		}
		ended, err := r.bringOut()
		if err != nil {
			return err
		}
		if ended {
			continue
		}
		if len(waiting) == 0 {
			if r.alive() {
				continue
			}
			return r.judge(ctx)
		}
		choose := d.Choose
		if len(r.result.Log) >= r.world.options.Steps {
			if fair == nil {
				fair, r.result.Fair = inTurns(), true
			}
			choose = fair
		}
		if len(r.result.Log) >= 2*r.world.options.Steps {
			return r.stuck(ctx)
		}
		choices := r.choices(waiting)
		i := choose(choices.all)
		if i < 0 {
			r.result.Abandoned = true
			return nil
		}
		if err := r.apply(ctx, choices.all[i], choices.of[i]); err != nil || r.result.Verdict != "" {
			return err
		}
	}
}

// trouble is why the run cannot be judged; nil: it can.
func (r *run) trouble() error {
	for _, p := range r.processes {
		if p != nil {
			if err := p.trouble(); err != nil {
				return err
			}
		}
	}
	return nil
}

// awaited is the worker that has to have a request pending before anybody may choose; -1: none.
func (r *run) awaited(d Director, waiting []*request) int {
	if d.Await == nil {
		return -1
	}
	next, ok := d.Await()
	if !ok {
		return -1
	}
	for _, q := range waiting {
		if q.link.gate.of.worker == next.Worker {
			return -1
		}
	}
	return next.Worker
}

func (r *run) alive() bool {
	return slices.ContainsFunc(r.processes, func(p *process) bool { return p != nil })
}

// apply lets a choice happen.
func (r *run) apply(ctx context.Context, c sim.Choice, q *request) error {
	r.result.Log = append(r.result.Log, c.ID)
	if q == nil {
		return r.pause(ctx, c.ID)
	}
	r.result.Words = append(r.result.Words, q.words())
	if f := c.ID.Kind.Fault(); f != "" {
		r.left[f]--
	}
	p := q.link.gate.of
	step := sim.Step{
		ID: c.ID, Worker: p.worker, Life: p.life, Server: q.link.gate.server, Request: q.op.String(), Writes: q.op.Writes(), Text: c.ID.Kind.Text(),
	}
	r.result.Asked++
	decision := pass
	switch c.ID.Kind {
	case loseReply, killAfter, mysqlCutAfter:
		decision = passAndKeep
	case mysqlCutMiddle:
		decision = passAndHalve
	case cutBefore, mysqlCutBefore:
		decision = cutOff
	}
	if c.ID.Kind == killBefore {
		if err := r.strike(p); err != nil {
			return err
		}
	} else {
		r.hub.mu.Lock()
		q.decide(decision)
		r.hub.mu.Unlock()
		if err := r.carryOut(ctx, q); err != nil {
			return err
		}
	}
	reply, replied := q.answer()
	if replied {
		step.Reply = q.op.ReplyText(reply)
	}
	r.result.Trace = append(r.result.Trace, step)
	r.result.records = append(r.result.records, record{q.commands, q.sql, reply})
	if replied {
		r.named(q, reply)
	}
	switch c.ID.Kind {
	case killAfter, killBefore:
		if c.ID.Kind == killAfter {
			if err := r.strike(p); err != nil {
				return err
			}
		}
		r.noteNames("loses", p, nil)
	case cutBefore, loseReply:
		r.noteNames("loses", p, q.link)
	}
	if decision != cutOff && c.ID.Kind != killBefore && q.link.gate.server == sim.Redis && q.op.Writes() {
		return cmp.Or(r.look(ctx), r.lookAtLeases(ctx))
	}
	return nil
}

// carryOut waits until a request is over, or waits in its server.
func (r *run) carryOut(ctx context.Context, q *request) error {
	deadline := newDeadline(r.world.options.ServerWait)
	for {
		r.hub.mu.Lock()
		over := q.over
		r.hub.mu.Unlock()
		if over {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !deadline.wait(r.hub.changed) {
			r.giveUpOn([]*link{q.link})
			return nil
		}
	}
}

// strike kills the process of a worker, and its connections with it.
func (r *run) strike(p *process) error {
	p.killed = true
	return r.retire(p)
}

// bringOut notes which processes have ended, and starts those again that did not say that
// nothing is left.
func (r *run) bringOut() (any bool, err error) {
	for number, p := range r.processes {
		if p == nil || !r.over(p) {
			continue
		}
		any = true
		if err := p.trouble(); err != nil {
			return any, err
		}
		done, text := p.ending()
		if !p.killed {
			r.noteNames("closes", p, nil)
		}
		switch {
		case p.killed:
			r.processes[number] = nil
		case done:
			r.note(p, text)
			if err := r.retire(p); err != nil {
				return any, err
			}
			r.processes[number] = nil
			continue
		default:
			r.note(p, text)
			if err := r.retire(p); err != nil {
				return any, err
			}
			r.processes[number] = nil
			r.result.Failure = text
			if r.failed[number]++; r.failed[number] >= r.world.options.Lives+r.budget.Total() {
				r.gaveUp[number] = strings.TrimPrefix(text, "fails: ")
				continue
			}
		}
		r.lives[number]++
		if err := r.start(number); err != nil {
			return any, err
		}
		r.note(r.processes[number], "starts again")
	}
	return any, nil
}

// over tells whether a process has ended, and nothing of it is on its way any more. A request
// that waits in its server is not on its way: it ends with its process.
func (r *run) over(p *process) bool {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return p.exited && !slices.ContainsFunc(p.links(), func(l *link) bool { return !l.late || !l.clientGone })
}

func (r *run) note(p *process, text string) {
	id := sim.EventID{}
	if n := len(r.result.Log); n > 0 {
		id = r.result.Log[n-1]
	}
	r.result.Trace = append(r.result.Trace, sim.Step{ID: id, Worker: p.worker, Life: p.life, Text: text, Note: true})
}
