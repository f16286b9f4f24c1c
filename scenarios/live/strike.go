package live

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"onceover/faults"
	"onceover/reports"
)

const (
	killSignal = syscall.SIGKILL
	// a signal takes effect within this time, or is taken for ineffective
	signalWait = 2 * time.Second
	serverWait = 2 * time.Minute
)

// strike injects a fault into a worker that has a chunk in hand, -1: none, or
// into a server while a worker stands at the position. The fault counts when
// its effect was seen.
func (r *run) strike(fault *armed, s *slot, chunk int) {
	fault.record.Reached, fault.record.AtMS = true, r.at()
	if fault.server() {
		r.recovery.server(fault, fault.fault.Kind == faults.MySQLKill, r.at())
	} else {
		r.recovery.worker(fault, chunk, r.at())
	}
	r.tell(fault, reports.FaultStruck, "", "")
	if s.process == nil {
		r.missed(fault, "the worker was gone")
		return
	}
	switch fault.fault.Kind {
	case faults.Kill:
		r.kill(fault, s)
	case faults.Pause:
		r.pause(fault, s)
	case faults.LoseReply:
		r.loseReply(fault, s)
	case faults.RedisKill:
		r.killServer(fault, s, r.redis)
	case faults.MySQLKill:
		r.killServer(fault, s, r.world.mysql)
	default:
		r.failure = fmt.Errorf("the live world does not know the fault %q", fault.fault.Kind)
	}
}

// tell notes what becomes of a fault.
func (r *run) tell(fault *armed, phase reports.Phase, effect reports.Effect, evidence string) {
	e := fault.victim
	e.Fault = &reports.FaultRef{
		Index: fault.index, Kind: string(fault.fault.Kind), Line: fault.record.Text, Phase: phase, Effect: effect,
	}
	if fault.fault.At.Progress == 0 {
		e.Fault.Step = fault.fault.At.Step.String()
	}
	e.Text = evidence
	r.note(e)
}

// missed records that a fault did not take effect, and is over.
func (r *run) missed(fault *armed, why string) {
	r.futile(fault, why)
	r.settle(fault)
}

// futile records that a fault did not take effect.
func (r *run) futile(fault *armed, why string) {
	fault.record.Confirmed, fault.record.Evidence = false, why
	r.recovery.missed(fault)
	r.tell(fault, reports.FaultMissed, "", why)
}

// seen records that a fault took effect, and which; "" explains no chunk.
func (r *run) seen(fault *armed, effect reports.Effect, evidence string) {
	fault.record.Confirmed = true
	fault.evidence(evidence)
	r.tell(fault, reports.FaultSeen, effect, evidence)
}

// heal records that the effect of a fault is over.
func (r *run) heal(fault *armed, evidence string) {
	fault.evidence(evidence)
	r.tell(fault, reports.FaultHealed, "", evidence)
	r.settle(fault)
}

// settle says that nothing is awaited of a fault any more.
func (r *run) settle(fault *armed) {
	fault.healed = true
	fault.record.HealedMS = r.at()
	r.changed = time.Now()
}

func (a *armed) evidence(more string) {
	if a.record.Evidence != "" && more != "" {
		more = "; " + more
	}
	a.record.Evidence += more
}

// kill ends a process; its end is the confirmation, see exited.
func (r *run) kill(fault *armed, s *slot) {
	if s.killing != nil {
		r.missed(fault, "the worker is dying already")
		return
	}
	s.killing = fault
	if err := s.process.signal(killSignal); err != nil {
		s.killing = nil
		r.missed(fault, err.Error())
	}
}

func (r *run) pause(fault *armed, s *slot) {
	p, pid := s.process, s.process.cmd.Process.Pid
	if err := p.signal(syscall.SIGSTOP); err != nil {
		r.missed(fault, err.Error())
		return
	}
	r.later(func() func() {
		err := await(pid, true)
		return func() {
			if err != nil {
				r.missed(fault, err.Error())
				return
			}
			r.seen(fault, reports.WorkerSuspended, fmt.Sprintf("process %d stopped", pid))
			if p.permit != nil && fault.fault.At.Progress == 0 {
				p.goOn() // it will find the permit when it wakes up
			}
			r.after(fault.fault.For, func() { r.resume(fault, p, pid) })
		}
	})
}

func (r *run) resume(fault *armed, p *process, pid int) {
	if err := p.signal(syscall.SIGCONT); err != nil {
		r.missed(fault, "resume: "+err.Error())
		return
	}
	r.later(func() func() {
		err := await(pid, false)
		return func() {
			if err != nil {
				r.missed(fault, "resume: "+err.Error())
				return
			}
			r.heal(fault, "and runs again")
		}
	})
}

// await waits until a process stands still, or does not any more. A process
// that has ended does not stand still.
func await(pid int, still bool) error {
	for deadline := time.Now().Add(signalWait); ; {
		is, err := stopped(pid)
		if err != nil && still {
			return err
		}
		if is == still {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d did not obey the signal", pid)
		}
		time.Sleep(look)
	}
}

// killServer ends a server and starts it again. The worker that stands at the
// position goes on when the server is gone.
func (r *run) killServer(fault *armed, s *slot, server *Server) {
	p := s.process
	r.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		evidence, err := server.Kill(ctx)
		return func() {
			if p.permit != nil && fault.fault.At.Progress == 0 {
				p.goOn()
			}
			if err != nil {
				r.missed(fault, err.Error())
				return
			}
			r.seen(fault, "", evidence)
			r.serverNote(server, reports.ServerGone, evidence)
			r.recovery.serverGone(fault, server == r.redis && r.e.Scenario.Persistence == faults.Nothing, r.at())
			r.after(fault.fault.For, func() { r.startServer(fault, server) })
		}
	})
}

func (r *run) startServer(fault *armed, server *Server) {
	r.later(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), serverWait)
		defer cancel()
		evidence, err := server.Start(ctx)
		return func() {
			if err != nil {
				r.failure = err // nothing can be checked without it
				return
			}
			r.serverNote(server, reports.ServerBack, evidence)
			r.heal(fault, evidence)
		}
	})
}

func (r *run) serverNote(server *Server, change reports.Change, text string) {
	r.note(reports.Event{Kind: reports.EventServer, Worker: -1, Chunk: -1, Server: strings.ToLower(server.name), Change: change, Text: text})
}
