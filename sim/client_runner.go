package sim

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/sim/bubble"
)

var epoch = bubble.Epoch()

// clientRunner runs the workers' programs in goroutines of a bubble, with real clients.
// At most one worker runs at a time, so the order of what they call is set.
type clientRunner struct {
	mu         sync.Mutex // held during calls of the world
	w          *world
	processes  []*process // the present life of each worker
	timerFired chan bool  // not nil while a timer of a client is waited for

	records    bool
	callTraces []*callTrace // of all lives so far
}

// process is one life of a worker, run by the real clients.
type process struct {
	runner    *clientRunner
	worker    int
	changed   *sync.Cond
	waiting   int        // calls that wait
	callTrace *callTrace // what it has done; nil if nothing is recorded
	ended     bool       // the program has returned
	gone      bool       // the worker is dead
	refused   int        // calls since then
	leaving   bool       // its goroutine is being ended
	renewals  []*renewal // touched by the program's own goroutine alone
	renewing  bool
	together  bool  // connections that are closed wait for the next call, see hangUpTogether
	closing   []int // the links of those
	turns     turns
}

func (l *clientRunner) start(worker int) {
	p := &process{runner: l, worker: worker, changed: sync.NewCond(&l.mu)}
	if l.records {
		p.callTrace = &callTrace{of: life{worker, l.w.workers[worker].life}}
		l.callTraces = append(l.callTraces, p.callTrace)
	}
	l.processes[worker] = p
	env := l.env(p)
	go p.run(env)
	l.runUntilBlocked(p)
}

func (p *process) run(env Env) {
	grow(false)
	err := p.runProgram(env)
	p.runner.mu.Lock()
	defer p.runner.mu.Unlock()
	p.ended = true
	if !p.gone {
		p.hangUpTogether()
		if p.nextRenewal() != nil {
			p.runner.w.fail(fmt.Errorf("%w: %s", ErrRenews, p.runner.w.scene.Setup.Name))
		}
		end := call{what: callExit}
		if err != nil {
			end.err = err.Error()
		}
		p.recordCall(end)
		p.runner.w.exit(p.worker, err)
	}
}

// grow makes the stack of a goroutine large while it is empty: to grow it step
// by step, under the deep calls of a client, takes a tenth of a schedule. The
// frame is what counts, and nobody ever fills it.
//
//go:noinline
func grow(fill bool) byte {
	if !fill {
		return 0
	}
	var room [stackRoom]byte
	for i := range room {
		room[i] = byte(len(os.Args) + i)
	}
	return room[len(os.Args)]
}

const stackRoom = 8 << 10

// runProgram turns a panic of the program into its failure; in a bubble it would
// end the process.
func (p *process) runProgram(env Env) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return p.runner.w.scene.Setup.Program(context.Background(), env)
}

func (l *clientRunner) resume(worker int) {
	p := l.processes[worker]
	p.changed.Broadcast()
	l.runUntilBlocked(p)
}

func (l *clientRunner) kill(worker int) {
	p := l.processes[worker]
	p.gone = true
	p.changed.Broadcast()
	l.unlocked(bubble.Wait)
}

// runUntilBlocked lets a worker run until it waits for the world. What it waits for
// within its clients, such as the pause before a retry, is over at once as far
// as the others are concerned.
func (l *clientRunner) runUntilBlocked(p *process) {
	l.unlocked(bubble.Wait)
	for p.waiting == 0 && !p.ended && !p.gone {
		if p.nextTurn() {
			l.unlocked(bubble.Wait)
			continue
		}
		l.timerFired = make(chan bool, 1)
		var moved bool
		l.unlocked(func() {
			select {
			case <-l.timerFired:
				moved = true
			case <-time.After(longestTimer):
			}
			bubble.Wait()
		})
		l.timerFired = nil
		l.w.now = max(l.w.now, time.Since(epoch))
		if !moved {
			return
		}
	}
}

// longestTimer is how long a worker may wait for something that the world does
// not know before it counts as hanging.
const longestTimer = 10 * time.Minute

func (l *clientRunner) advanceTo(to time.Duration) {
	l.unlocked(func() {
		time.Sleep(to - time.Since(epoch))
		bubble.Wait()
	})
}

func (l *clientRunner) unlocked(f func()) {
	l.mu.Unlock()
	f()
	l.mu.Lock()
}

// wait waits, with the lock, until something has changed.
func (p *process) wait() {
	p.waiting++
	p.changed.Wait()
	p.waiting--
}

// do makes a call of the worker, and waits until it is over. What is read goes
// into b, what is written stands there; a sleep is until so long from now. dead
// says that the worker is.
func (p *process) do(c call, b []byte) (n int, dead bool, err error) {
	l := p.runner
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.gone {
		return 0, true, nil
	}
	if p.together && c.what == callHangUp {
		p.closing = append(p.closing, c.link)
		return 0, false, nil
	}
	p.hangUpTogether()
	if c.what == callSleep {
		c.until += l.w.now
	}
	p.recordCall(c)
	for {
		n, come, err, ok := l.w.perform(p.worker, &c, b, false)
		if ok {
			copy(b, come)
			p.recordResult(n, come, err)
			return n, false, err
		}
		p.wait()
		if p.gone {
			return 0, true, nil
		}
	}
}

// sleep is Env.Sleep.
func (p *process) sleep(ctx context.Context, d time.Duration) error {
	for r := p.nextRenewal(); r != nil; r = p.nextRenewal() {
		wait := max(r.due-p.now(), 0)
		if wait > d {
			break
		}
		until := p.now() + d
		if err := p.doze(wait); err != nil {
			return err
		}
		p.renew()
		d = max(until-p.now(), 0)
	}
	if err := p.doze(d); err != nil {
		return err
	}
	return ctx.Err()
}

func (p *process) doze(d time.Duration) error {
	if _, dead, _ := p.do(call{what: callSleep, until: d}, nil); dead {
		return p.refuse()
	}
	return nil
}

func (p *process) dial(server Server) (net.Conn, error) {
	link, _, _ := p.do(call{what: callDial, server: server}, nil)
	return &conn{p: p, link: link, server: server}, nil // if dead, its calls fail: a client would complain aloud of a dial that does
}

func (p *process) preparing(on bool) { p.do(call{what: callPrepare, on: on}, nil) }

// env is what a life of a worker is given.
func (l *clientRunner) env(p *process) Env {
	s := l.w.scene.Setup
	life := l.w.workers[p.worker].life
	return Env{
		Worker: p.worker, Workers: s.Workers, Life: life,
		Token: "w" + strconv.Itoa(p.worker) + "." + strconv.Itoa(life), Seed: s.Seed, TTL: s.TTL,
		Job: s.Job(), Chunks: s.Chunks, Rows: s.Rows,
		Redis: p.redisOptions(Redis), Locks: p.lockOptions(), turn: p.turn, MySQL: p.mysqlConfig(),
		Sleep: p.sleep, Every: p.every, Preparing: p.preparing,
		At: func(step loader.Step, chunk int) { l.at(p, step, chunk) },
	}
}

func (l *clientRunner) at(p *process, step loader.Step, chunk int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !p.gone {
		l.w.at(p.worker, step, chunk)
	}
}

// smallBuffer is for clients of which there are thousands a second.
const smallBuffer = 512

// redisOptions leaves out what a schedule cannot see: the timer of a dial, and
// the random part of the pause before a retry, which is over at once.
func (p *process) redisOptions(server Server) *redis.Options {
	return &redis.Options{
		Addr:     "127.0.0.1:6379",
		Protocol: 2,
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			return p.dial(server)
		},
		DialTimeout: -1, DialerRetries: 1,
		MinRetryBackoff: -1,
		PoolSize:        4, PipelinePoolSize: 4,
		ReadBufferSize: smallBuffer, WriteBufferSize: smallBuffer,
		PipelineReadBufferSize: smallBuffer, PipelineWriteBufferSize: smallBuffer,
		DisableIdentity: true,
	}
}

func (p *process) mysqlConfig() *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.DBName = "onceover", "onceover"
	cfg.Net, cfg.Addr = "tcp", "127.0.0.1:3306"
	cfg.Logger = &mysql.NopLogger{} // a broken connection is nothing to write home about
	cfg.DialFunc = func(context.Context, string, string) (net.Conn, error) {
		return p.dial(MySQL)
	}
	return cfg
}

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
