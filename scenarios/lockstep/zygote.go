package lockstep

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// sitecustomize lets an interpreter of Python be forked; any other program takes no notice.
//
//go:embed python/sitecustomize.py
var sitecustomize []byte

// zygoteWait is how long an interpreter may take to say that it can be forked.
const zygoteWait = 5 * time.Second

// zygotes are told of interpreters that can be forked.
type zygotes struct {
	folder   string            // of the module and of the socket
	listener *net.UnixListener // nil: nothing can be forked
	found    chan *zygote

	mu      sync.Mutex
	current *zygote // nil: every process is started anew
	learned bool    // which libraries the program imports
}

// zygote is an interpreter that is forked for each process.
type zygote struct {
	conn  *net.UnixConn
	pid   int
	forks sync.Mutex // one at a time
	pids  chan int

	mu    sync.Mutex
	ends  map[int]chan syscall.WaitStatus // of its children
	early map[int]syscall.WaitStatus      // of those that ended before anybody asked
	gone  bool
}

// message is what an interpreter says.
type message struct {
	Zygote  int      `json:"zygote"`
	PID     int      `json:"pid"`
	Exit    int      `json:"exit"`
	Status  int      `json:"status"`
	Modules []string `json:"modules"`
}

func openZygotes() (*zygotes, error) {
	folder, err := os.MkdirTemp("", "onceover-")
	if err != nil {
		return nil, err
	}
	z := &zygotes{folder: folder, found: make(chan *zygote, 1)}
	if err := os.WriteFile(filepath.Join(folder, "sitecustomize.py"), sitecustomize, 0o600); err != nil {
		return z, err
	}
	// Not every system has such sockets, and a long TMPDIR makes no address.
	if z.listener, err = net.ListenUnix("unixpacket", &net.UnixAddr{Name: z.address(), Net: "unixpacket"}); err == nil {
		go z.accept()
	}
	return z, nil
}

func (z *zygotes) address() string { return filepath.Join(z.folder, "socket") }

// environ makes an interpreter ask to be forked.
func (z *zygotes) environ(environ []string) []string {
	folders := z.folder
	for _, variable := range environ {
		if others, ok := strings.CutPrefix(variable, "PYTHONPATH="); ok && others != "" {
			folders = z.folder + string(os.PathListSeparator) + others
		}
	}
	return append(environ, "PYTHONPATH="+folders, fmt.Sprintf("ONCEOVER_FORK=%d:%s", os.Getpid(), z.address()))
}

func (z *zygotes) accept() {
	for {
		conn, err := z.listener.AcceptUnix()
		if err != nil {
			return
		}
		go z.hear(conn)
	}
}

// hear reads what the other side says until it ends.
func (z *zygotes) hear(conn *net.UnixConn) {
	defer conn.Close()
	one := &zygote{conn: conn, pids: make(chan int, 1), ends: map[int]chan syscall.WaitStatus{}, early: map[int]syscall.WaitStatus{}}
	defer one.end()
	buf := make([]byte, 1<<18)
	for {
		n, err := conn.Read(buf)
		if err != nil || n == 0 {
			return
		}
		var m message
		if json.Unmarshal(buf[:n], &m) != nil {
			return
		}
		switch {
		case m.Zygote > 0:
			one.pid = m.Zygote
			z.found <- one
		case m.PID > 0:
			one.pids <- m.PID
		case m.Exit > 0:
			one.exited(m.Exit, syscall.WaitStatus(m.Status))
		case m.Modules != nil:
			z.preload(m.Modules)
		}
	}
}

// preload has the interpreter import what the program imports, once.
func (z *zygotes) preload(modules []string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.current != nil {
		text, _ := json.Marshal(map[string]any{"preload": modules})
		_, _ = z.current.conn.Write(text) // without it a start takes longer
	}
}

// use takes an interpreter for all processes that are started from now on.
func (z *zygotes) use(one *zygote) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.current = one
}

// now is the interpreter to fork; nil if there is none. The first fork is to learn what the
// program imports.
func (z *zygotes) now() (one *zygote, learn bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.current == nil {
		return nil, false
	}
	learn = !z.learned
	z.learned = true
	return z.current, learn
}

// forking tells whether processes are forked.
func (z *zygotes) forking() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.current != nil
}

// forget starts every process anew from now on, and tells whether that is different.
func (z *zygotes) forget() bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	forked := z.current != nil
	z.current = nil
	return forked
}

func (z *zygotes) close() {
	if z.listener != nil {
		z.listener.Close()
	}
	os.RemoveAll(z.folder)
}

var errNoZygote = errors.New("lockstep: the interpreter that is forked has ended")

// fork starts a process with an environment and an output of its own.
func (one *zygote) fork(environ []string, output *os.File, learn bool) (pid int, err error) {
	one.forks.Lock()
	defer one.forks.Unlock()
	variables := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	text, err := json.Marshal(map[string]any{"env": variables, "learn": learn})
	if err != nil {
		return 0, err
	}
	if _, _, err := one.conn.WriteMsgUnix(text, syscall.UnixRights(int(output.Fd())), nil); err != nil {
		return 0, fmt.Errorf("%w: %w", errNoZygote, err)
	}
	pid, ok := <-one.pids
	if !ok {
		return 0, errNoZygote
	}
	return pid, nil
}

// wait waits for the end of a child.
func (one *zygote) wait(pid int) syscall.WaitStatus {
	one.mu.Lock()
	status, ended := one.early[pid]
	if ended || one.gone {
		delete(one.early, pid)
		one.mu.Unlock()
		if !ended {
			status = killedStatus
		}
		return status
	}
	end := make(chan syscall.WaitStatus, 1)
	one.ends[pid] = end
	one.mu.Unlock()
	return <-end
}

// killedStatus is that of a process that SIGKILL has ended.
const killedStatus = syscall.WaitStatus(syscall.SIGKILL)

func (one *zygote) exited(pid int, status syscall.WaitStatus) {
	one.mu.Lock()
	defer one.mu.Unlock()
	if end, ok := one.ends[pid]; ok {
		delete(one.ends, pid)
		end <- status
		return
	}
	one.early[pid] = status
}

// end ends what waits for the interpreter: its children die with it.
func (one *zygote) end() {
	one.mu.Lock()
	defer one.mu.Unlock()
	one.gone = true
	close(one.pids)
	for _, end := range one.ends {
		end <- killedStatus
	}
	one.ends = map[int]chan syscall.WaitStatus{}
}
