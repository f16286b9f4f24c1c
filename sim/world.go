package sim

import (
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"onceover/sim/mysqlmodel"
	"onceover/sim/redismodel"
)

// world is everything but the code of the workers: servers, connections, time,
// what is left of the budget, and what was found. It knows of the workers only
// what they call: dial, write, read, hangUp, sleep, prepare, exit.
type world struct {
	scene   *Scene
	redis   *redismodel.Server
	locks   []*redismodel.Server // the lock servers
	mysql   *mysqlmodel.Server   // to change it: mutableMySQL
	workers []worker
	orphans []*Op // requests whose senders have given them up
	ghosts  []ghost
	now     time.Duration
	left    counts // of the budget

	steps     int
	current   EventID // that is being applied
	lastFault time.Duration
	tally     tally
	replies   []byte // the last reply, in memory for the next
	found     Finding
	problem   error // why the run proves nothing

	mysqlShared bool // with the world or the scene that this one was made from

	runner     runner
	journal    *journal // nil: nothing is noted
	wroteMySQL bool
	tap        func(Exchange)  // nil: nobody listens
	scripts    map[string]bool // bodies of scripts that were sent; nil: nobody wants to know
}

// runner runs the code of the workers. Each method returns when the worker waits.
type runner interface {
	start(worker int)  // a new life
	resume(worker int) // what the worker waits for may have come
	kill(worker int)
	advanceTo(to time.Duration) // the clock moves, and nobody wakes
}

// perform does to the world what a worker calls for: n is the number of a link,
// or of the bytes that have come. b is what it writes, and kept says that b is
// never changed. ok is false if the worker has to wait, and then to call again.
func (w *world) perform(worker int, c *call, b []byte, kept bool) (n int, come []byte, err error, ok bool) {
	switch c.what {
	case callDial:
		return w.dial(worker, c.server), nil, nil, true
	case callWrite:
		return 0, nil, w.write(worker, c.link, b, kept), true
	case callRead:
		come, err, ok = w.read(worker, c.link, c.room, c.until)
		return len(come), come, err, ok
	case callHangUp:
		w.hangUp(worker, c.link)
	case callSleep:
		return 0, nil, nil, w.sleep(worker, c.until)
	case callPrepare:
		w.prepare(worker, c.on)
	case callPause:
		w.now = max(w.now, c.until)
	}
	return 0, nil, nil, true
}

type status uint8

const (
	alive  status = iota
	done          // the program returned nil
	failed        // it returned an error, and has no life left
	dead          // it was killed for good
)

type worker struct {
	status   status
	life     int
	failures int
	killed   int // client kills so far
	cutOffs  int // so far

	apartUntil time.Duration // it is cut off from the servers; 0: it is not

	ord       int // operations so far
	dials     int
	preparing bool
	links     []link // of this life; to change one: link
	shared    bool   // links, with the world that this one was cloned from
	reads     bool   // it has asked MySQL since its last request to Redis
	sleeping  bool
	wakeAt    time.Duration
	err       string // of the last failure
}

// link is one connection, with both its ends.
type link struct {
	server  Server
	conn    int64      // the server's number; 0: the server's end is closed
	hungUp  bool       // the client's end is closed
	broken  error      // what the client meets when it has read out
	in      []byte     // what no complete request was found in yet
	pending [][][]byte // commands of a transaction without its EXEC
	held    int        // bytes of pending
	queue   []*Op      // requests that wait for the scheduler
	out     []byte     // what the client has not read yet

	reading  bool // the client waits for out
	deadline time.Duration
}

const noDeadline = time.Duration(-1)

var (
	errReset = &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
	errSlow  = &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
)

func newWorld(s *Scene, p runner) *world {
	return &world{
		scene: s, runner: p,
		redis: s.redis.Clone(), locks: clones(s.locks),
		mysql: s.mysql, mysqlShared: true,
		workers: make([]worker, s.Setup.Workers),
		left:    s.scope.allowed,
		tally:   tally{counts: make([]uint8, s.Setup.Chunks*s.Setup.Rows)},
	}
}

// begin starts the workers, one after the other.
func (w *world) begin() {
	for i := range w.workers {
		w.runner.start(i)
		w.settle()
	}
}

// usualLinks of one life: go-redis has a second pool for what is pipelined, and
// there is one to MySQL.
const usualLinks = 3

// dial opens a connection, and returns the number of its link.
func (w *world) dial(id int, server Server) int {
	k := &w.workers[id]
	k.dials++
	l := link{server: server, deadline: noDeadline}
	if server != MySQL {
		l.conn = w.connectRedis(server, address(id, k.dials))
	} else {
		l.conn = session(id, k.dials)
		l.out = w.mutableMySQL().Connect(mysqlmodel.ConnID(l.conn), nil)
	}
	switch {
	case k.links == nil:
		k.links = make([]link, 0, usualLinks)
	case k.shared:
		k.unshare()
	}
	k.links = append(k.links, l)
	return len(k.links) - 1
}

// link is a connection of a worker, to be changed.
func (w *world) link(id, i int) *link {
	k := &w.workers[id]
	if k.shared {
		k.unshare()
	}
	return &k.links[i]
}

func (k *worker) unshare() {
	links := make([]link, len(k.links), max(len(k.links), usualLinks))
	copy(links, k.links)
	for i := range links {
		l := &links[i]
		l.queue, l.pending, l.out = slices.Clip(l.queue), slices.Clip(l.pending), slices.Clip(l.out)
	}
	k.links, k.shared = links, false
}

// hangUp closes the client's end. Requests under way are lost with it.
func (w *world) hangUp(id, link int) {
	l := w.link(id, link)
	l.hungUp, l.reading, l.queue, l.out = true, false, nil, nil
	w.disconnect(id, l)
}

func (w *world) disconnect(id int, l *link) {
	w.end(life{id, w.workers[id].life}, l.server, l.conn)
	l.conn = 0
}

// end closes the server's end of a connection of which the client's is closed, now or
// when the server can learn of it.
func (w *world) end(of life, s Server, conn int64) {
	if w.apart(of.worker) {
		w.leave(of, s, conn)
		return
	}
	w.disconnectFrom(of, s, conn)
}

// disconnectFrom closes the server's end of a connection of some life.
func (w *world) disconnectFrom(of life, s Server, conn int64) {
	switch {
	case conn == 0:
	case s == MySQL:
		w.mutableMySQL().Disconnect(mysqlmodel.ConnID(conn))
	default:
		w.noteName(of, s, conn)
		w.disconnectRedis(s, conn)
	}
}

// read takes what has come, as much as there is room for. It is valid until
// more comes. ok is false if the client has to wait.
func (w *world) read(id, link, room int, deadline time.Duration) (come []byte, err error, ok bool) {
	l := w.link(id, link)
	l.reading = false
	switch {
	case l.hungUp:
		return nil, net.ErrClosed, true
	case len(l.out) > 0:
		n := min(room, len(l.out))
		come, l.out = l.out[:n], l.out[n:]
		return come, nil, true
	case l.broken != nil:
		return nil, l.broken, true
	case deadline != noDeadline && deadline <= w.now && !w.apart(id):
		return nil, errSlow, true
	}
	w.flush(id, link)
	l.reading, l.deadline = true, deadline
	return nil, nil, false
}

// sleep begins to wait until a moment; ok is false as long as it has not come.
func (w *world) sleep(id int, until time.Duration) (ok bool) {
	k := &w.workers[id]
	k.sleeping, k.wakeAt = until > w.now, until
	return !k.sleeping
}

func (w *world) prepare(id int, on bool) { w.workers[id].preparing = on && !w.scene.Setup.Cold }

// exit is called when a program returns. The system closes its connections.
func (w *world) exit(id int, err error) {
	k := &w.workers[id]
	w.closeAll(id)
	ending := Step{ID: w.current, Worker: id, Life: k.life, Text: "ends: nothing is left to do", Note: true}
	if err == nil {
		k.status = done
		w.note(ending)
		return
	}
	ending.Text = "fails: " + err.Error()
	w.note(ending)
	k.status, k.err = failed, err.Error()
	k.failures++
}

func (w *world) closeAll(id int) {
	k := &w.workers[id]
	for _, l := range k.links {
		w.end(life{id, k.life}, l.server, l.conn)
	}
	k.links, k.shared, k.sleeping = nil, false, false
}

// sever breaks a connection; the client meets why once it has read out.
func (w *world) sever(id, link int, why error) {
	l := w.link(id, link)
	if l.hungUp || l.broken != nil {
		return
	}
	l.broken, l.queue, l.in, l.pending, l.held = why, nil, nil, nil, 0
	w.disconnect(id, l)
	if l.reading {
		w.runner.resume(id)
	}
}

// settle puts things in order after an event: what servers closed is broken,
// and programs that failed are started again.
func (w *world) settle() {
	for id := range w.workers {
		for link := range w.workers[id].links {
			l := &w.workers[id].links[link]
			if l.conn != 0 && w.closed(l) {
				w.link(id, link).conn = 0
				w.sever(id, link, io.EOF)
			}
			if len(w.workers[id].links) == 0 {
				break
			}
		}
	}
	for id := range w.workers {
		k := &w.workers[id]
		for k.status == failed && k.failures < w.scene.Setup.Lives {
			w.restart(id)
		}
	}
}

// closed tells whether the server has closed a connection.
func (w *world) closed(l *link) bool {
	if l.server != MySQL {
		return w.redisAt(l.server).Closed(redismodel.ConnID(l.conn))
	}
	return w.mysql.State(mysqlmodel.ConnID(l.conn)) == mysqlmodel.Closed
}

// restart begins the next life of a worker.
func (w *world) restart(id int) {
	k := &w.workers[id]
	k.status, k.preparing = alive, false
	k.life++
	w.note(Step{ID: w.current, Worker: id, Life: k.life, Text: "starts again", Note: true})
	w.runner.start(id)
}

// kill ends a life at once: the system closes the connections, and the
// requests that were under way do not arrive. ok is false if it has ended already.
func (w *world) kill(id int) (ok bool) {
	if w.workers[id].status != alive {
		return false
	}
	w.runner.kill(id)
	w.closeAll(id)
	w.workers[id].status = dead
	return true
}

// clone is a world for itself, as long as the first is not changed any more.
func (w *world) clone(p runner) *world {
	c := *w
	c.runner, c.replies = p, nil
	c.redis, c.locks, c.mysqlShared = w.redis.Clone(), clones(w.locks), true
	c.workers = slices.Clone(w.workers)
	for i := range c.workers {
		c.workers[i].shared = true
	}
	c.orphans = slices.Clip(w.orphans)
	c.tally.counts = slices.Clone(w.tally.counts)
	return &c
}
