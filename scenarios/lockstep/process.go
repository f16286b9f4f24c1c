package lockstep

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"onceover/faults/wire"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
	"onceover/sim"
)

// process is one life of a worker. It is started before it is needed: until it has a part
// in a schedule, its first connection waits.
type process struct {
	hub     *hub
	worker  int
	pid     int
	wait    func() syscall.WaitStatus
	forked  bool // its interpreter was, and not started anew
	gates   []*gate
	log     tail
	unblock func(thread uint32) // ends a statement that waits in MySQL
	ended   chan struct{}       // closed when the process has ended, and its number is free

	// The hub's mutex guards these.
	active  bool      // has a part in a schedule
	woken   bool      // may run: an answer came, or time passed
	asked   bool      // for something since then
	waited  bool      // for its sleep to end, in vain
	awake   bool      // a thread of it never rests
	given   bool      // up: nobody needs it any more
	parked  time.Time // when it first wanted something
	exited  bool
	status  syscall.WaitStatus
	life    int
	killed  bool
	changed bool  // more was done with MySQL than to read
	problem error // the first of a connection that says nothing about the program's promise

	asleep sleep
}

// waitsSince notes when the process began to wait. The mutex is held.
func (p *process) waitsSince() {
	if p.parked.IsZero() {
		p.parked = time.Now()
	}
}

// launch starts a process behind gates of its own.
func (w *World) launch(h *hub, number int) (*process, error) {
	p := &process{hub: h, worker: number, unblock: w.endThread, ended: make(chan struct{})}
	err := p.open(sim.Redis, wire.RESP, w.servers.RedisAddr)
	if my := w.servers.MySQL; my != nil {
		p.log.secret = my.Passwd
		err = errors.Join(err, p.open(sim.MySQL, wire.MySQL, my.Addr))
	}
	if err != nil {
		p.close()
		return nil, err
	}
	told := w.contract(p)
	environ := append(told.Env(), markName+"="+rand.Text())
	if err := w.exec(p, told, environ); err != nil {
		p.close()
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	go p.follow()
	return p, nil
}

// open makes a gate of the process to a server.
func (p *process) open(server sim.Server, protocol wire.Protocol, target string) error {
	g, err := openGate(p, server, protocol, target)
	if err == nil {
		p.gates = append(p.gates, g)
	}
	return err
}

// exec starts the command of a process anew, or forks its interpreter.
func (w *World) exec(p *process, told worker.Contract, environ []string) error {
	if one, learn := w.zygotes.now(); one != nil {
		err := p.forkOf(one, environ, learn)
		if !errors.Is(err, errNoZygote) {
			return err
		}
		w.zygotes.use(nil)
	}
	return p.start(w.options.Command.With(told), append(slices.Clone(w.environ), environ...))
}

// start starts a command.
func (p *process) start(words, environ []string) error {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env, cmd.SysProcAttr, cmd.WaitDelay = environ, attributes(), logWait
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if err := cmd.Start(); err != nil {
		return err
	}
	p.pid = cmd.Process.Pid
	p.wait = func() syscall.WaitStatus {
		_ = cmd.Wait() // the state says how it ended
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		return status
	}
	return nil
}

// forkOf forks an interpreter.
func (p *process) forkOf(one *zygote, environ []string, learn bool) error {
	log, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer theirs.Close()
	if p.pid, err = one.fork(environ, theirs, learn); err != nil {
		log.Close()
		return err
	}
	p.forked = true
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer log.Close()
		_, _ = io.Copy(&p.log, log) // what was read is kept
	}()
	p.wait = func() syscall.WaitStatus {
		status := one.wait(p.pid)
		select {
		case <-written:
		case <-time.After(logWait):
		}
		return status
	}
	return nil
}

// logWait is how long what a process has started may keep its output open.
const logWait = 100 * time.Millisecond

// contract tells a process where its servers are: behind its gates.
func (w *World) contract(p *process) worker.Contract {
	c := worker.Contract{
		RedisURL: "redis://" + p.gates[0].addr() + "/0",
		Table:    tableName, List: listName, ChunkSize: w.options.Rows, Chunks: w.options.Chunks,
		Worker: p.worker, Workers: w.options.Workers, Run: listName,
	}
	if my := w.servers.MySQL; my != nil {
		host, port, _ := net.SplitHostPort(p.gates[1].addr())
		number, _ := strconv.Atoi(port)
		c.MySQL = worker.MySQL{Host: host, Port: number, User: my.User, Password: my.Passwd, Database: my.DBName}
	}
	return c
}

func (p *process) follow() {
	status := p.wait()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // what it has started and left behind
	p.hub.mu.Lock()
	p.exited, p.status = true, status
	p.hub.tell()
	p.hub.mu.Unlock()
	close(p.ended)
}

// kill ends the process and all of its group.
func (p *process) kill() {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if !p.exited {
		_ = syscall.Kill(-p.pid, syscall.SIGKILL) // it may just have ended
	}
}

// activate gives the process a part in a schedule.
func (p *process) activate(life int) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.active, p.life = true, life
	p.wakes()
	p.wake()
}

// wakes notes that a thread of the process may run now. The mutex is held.
func (p *process) wakes() { p.woken, p.asked = true, false }

// asks notes that a request has come. The mutex is held.
func (p *process) asks() { p.asked, p.waited = true, false }

// wake tells all connections that something is different. The mutex is held.
func (p *process) wake() {
	for _, g := range p.gates {
		for _, l := range g.links {
			l.wake.Broadcast()
		}
	}
}

// discard ends the process, and waits until nothing is left of it.
func (p *process) discard() {
	p.kill()
	<-p.ended
	p.close()
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.given = true
	for _, g := range p.gates {
		for _, l := range g.links {
			if r := l.waiting(); r != nil {
				r.decide(cutOff)
			}
			l.lose()
			l.wake.Broadcast()
		}
	}
}

// sever closes the connections that a server does not end.
func (p *process) sever() {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	for _, l := range p.links() {
		if l.server != nil {
			l.server.Close()
		}
	}
}

// trouble is why nothing that the process does can be judged; nil: it can.
func (p *process) trouble() error {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	return p.problem
}

// close takes no more connections.
func (p *process) close() {
	for _, g := range p.gates {
		g.listener.Close()
	}
}

// links are the connections that have not ended. The mutex is held.
func (p *process) links() (all []*link) {
	for _, g := range p.gates {
		g.links = slices.DeleteFunc(g.links, func(l *link) bool { return l.ended })
		all = append(all, g.links...)
	}
	return all
}

// ending says how a process ended.
func (p *process) ending() (done bool, text string) {
	if p.status.Signaled() {
		return false, "fails: signal: " + p.status.Signal().String()
	}
	if p.status.ExitStatus() == 0 {
		return true, "ends: nothing is left to do"
	}
	text = fmt.Sprintf("fails: exit status %d", p.status.ExitStatus())
	if last := p.log.last(); last != "" {
		text += ": " + last
	}
	return false, text
}

// markName is the variable by which what a process left behind is found, see package live.
const markName = "ONCEOVER_PROCESS"

// harness says whose workers they are, for the next harness, should this one be killed.
func harness() string { return "ONCEOVER_HARNESS=" + servers.OwnerOf(os.Getpid()).String() }

// mostLog is how much is kept of what a process writes.
const mostLog = 4 << 10

// tail keeps the end of what is written.
type tail struct {
	mu     sync.Mutex
	text   []byte
	secret string
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - mostLog; over > 0 {
		t.text = t.text[over:]
	}
	return len(b), nil
}

// last is the last line, without secrets.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if t.secret != "" {
		line = strings.ReplaceAll(line, t.secret, "…")
	}
	return line
}
