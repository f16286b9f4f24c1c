package redismodel

import (
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

// version is what HELLO, INFO and scripts report; a script also sees it as a
// number of a byte a part.
const (
	version       = "8.0.6"
	versionNumber = 8<<16 | 0<<8 | 6
)

// epoch is virtual time 0, where testing/synctest bubbles begin.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// ConnID names a connection of one Server. It is the number that CLIENT ID
// answers on that connection, so it begins again at 1 after a Crash.
type ConnID int64

// Persistence says what a Server writes to its append-only file.
type Persistence int

// The persistence settings of a Server.
const (
	None     Persistence = iota // appendonly no, save ""
	Everysec                    // appendonly yes, appendfsync everysec
	Always                      // appendonly yes, appendfsync always
)

// Options configures a Server. The zero value has no persistence.
type Options struct {
	Persistence Persistence
	// NamesOnly leaves out of CLIENT LIST and CLIENT INFO what changes with
	// every command and with time: of each connection they show the id, the
	// addresses and the name. Without it the list depends on every command of all
	// connections, and Hash on when they were made.
	NamesOnly bool
	// ShortScans lets the first round of SCAN look at no key and each other one
	// at a single key, whatever the COUNT, which promises nothing on a real server
	// either. So a forgotten cursor shows where there are few keys.
	ShortScans bool
}

// Server is the state of one Redis server. It is not safe for concurrent use;
// a Clone is independent of its original and may be used at the same time.
type Server struct {
	opts  Options
	table map[string]*command

	keyspace
	own  *owner // nil until something is written
	tick int64  // reads and writes so far, for eviction by recency

	conns    []*conn // by ascending id; to change one: conn
	ownConns *owner  // nil until one is changed
	lastID   ConnID
	watchers int

	now      time.Duration
	ms       int64 // now as Unix milliseconds
	epochMS  int64
	restarts int

	scripts    map[string]*script // by SHA1; replaced, never changed
	scriptHash uint64
	evaluated  int    // of the scripts, those that came with EVAL
	random     rand48 // what the scripts draw from

	config      config
	durable     keyspace
	durableAt   time.Duration
	parted      *keyspace // what the replica has; nil: everything. Never changed
	unsupported []string

	script   scriptRun
	scratch  []byte
	refusal  Refusal
	refusing int // so many commands on, one is refused; 0: none is
}

// New returns an empty server without connections.
func New(opts Options) *Server {
	s := &Server{opts: opts, table: commands, epochMS: epoch.UnixMilli()}
	s.ms = s.epochMS
	s.start(keyspace{})
	return s
}

func (s *Server) start(from keyspace) {
	s.own = nil
	s.db = make(map[string]*object)
	maps.Copy(s.db, from.db)
	s.used = from.used
	s.conns, s.lastID, s.watchers = nil, 0, 0
	s.forgetScripts()
	s.random = 0x1234abcd330e // where POSIX begins
	s.config = configOf(s.opts)
	s.durable, s.durableAt, s.parted = from, s.now, nil
}

// Connect opens a connection from addr (host:port) and returns its id.
func (s *Server) Connect(addr string) ConnID {
	s.lastID++
	c := &conn{id: s.lastID, addr: addr, resp: 2, created: s.now, active: s.now, own: own(&s.ownConns)}
	s.conns = append(s.conns, c)
	return c.id
}

// Disconnect closes a connection: its name, its watches and its queued
// commands are gone. Disconnecting twice does nothing.
func (s *Server) Disconnect(id ConnID) {
	i, ok := s.index(id)
	if !ok {
		return
	}
	if len(s.conns[i].watched) > 0 {
		s.watchers--
	}
	s.conns = slices.Delete(s.conns, i, i+1)
}

// Closed reports whether the server has closed the connection (QUIT, CLIENT
// KILL, timeout, Crash) or the client has. The reply that Do returned together
// with the closing is still delivered by a real server.
func (s *Server) Closed(id ConnID) bool {
	_, ok := s.index(id)
	return !ok
}

// Blocked reports whether the last command on a connection waits for what never
// comes. It has no answer then, nor has what is sent after it, until the
// connection is closed.
func (s *Server) Blocked(id ConnID) bool {
	i, ok := s.index(id)
	return ok && s.conns[i].blocked
}

// Name returns the name of a connection, "" if it has none or is closed.
func (s *Server) Name(id ConnID) string {
	if i, ok := s.index(id); ok {
		return s.conns[i].name
	}
	return ""
}

func (s *Server) index(id ConnID) (int, bool) {
	return slices.BinarySearchFunc(s.conns, id, func(c *conn, id ConnID) int { return int(c.id - id) })
}

// Do executes one command at virtual time now and appends the bytes that a
// real server would answer to reply. It keeps no reference to args. A closed
// connection gets no answer, nor does one that is Blocked. Time does not run backwards: an earlier now than
// the last is taken as the last.
func (s *Server) Do(id ConnID, now time.Duration, args [][]byte, reply []byte) []byte {
	s.advance(now)
	i, ok := s.index(id)
	if !ok || len(args) == 0 || s.conns[i].blocked {
		return reply
	}
	c := s.conn(i)
	reply = s.process(c, args, reply)
	if s.used > mostData {
		s.unsupportedError(tooMuchData)
	}
	c.active = s.now
	if c.closing {
		s.Disconnect(id)
	}
	return reply
}

// mostData is how much a server may hold: a real one without maxmemory takes all
// that there is, and models are many.
const (
	mostData    = 256 << 20
	tooMuchData = "more than 256 MiB of data"
)

func (s *Server) advance(now time.Duration) {
	if now > s.now {
		s.syncEverySecond(now)
		s.now = now
		s.ms = s.epochMS + int64(now/time.Millisecond)
	}
	if s.config.timeout > 0 {
		s.closeIdle()
	}
}

func (s *Server) closeIdle() {
	for _, c := range slices.Clone(s.conns) {
		if s.idle(c) > s.config.timeout && !c.blocked {
			s.Disconnect(c.id)
		}
	}
}

// ShowAllFields ends NamesOnly.
func (s *Server) ShowAllFields() { s.opts.NamesOnly = false }

// Clone returns a deep copy. It costs a few words a key: values are shared
// until one side writes to them.
func (s *Server) Clone() *Server {
	s.Freeze()
	t := *s
	t.db = maps.Clone(s.db)
	t.conns = slices.Clone(s.conns)
	t.script, t.scratch = scriptRun{}, nil
	return &t
}

// Freeze gives up what the server may change in place. As long as it is not
// used again, any number of goroutines may Clone it.
func (s *Server) Freeze() {
	if s.own != nil || s.ownConns != nil {
		s.own, s.ownConns = nil, nil
	}
	if len(s.unsupported) < cap(s.unsupported) {
		s.unsupported = slices.Clip(s.unsupported)
	}
}

// NextExpiry returns the earliest virtual time after now at which a key
// vanishes, and whether there is one. A key with PX n set at t is still there
// at t+n and gone a millisecond later, as in Redis.
func (s *Server) NextExpiry(now time.Duration) (time.Duration, bool) {
	ms := s.epochMS + int64(now/time.Millisecond)
	next, found := int64(0), false
	for _, o := range s.db {
		if o.expireAt != noExpiry && o.expireAt >= ms && (!found || o.expireAt < next) {
			next, found = o.expireAt, true
		}
	}
	return time.Duration(next+1-s.epochMS) * time.Millisecond, found
}

// Unsupported returns, in order and without repetition, what was asked for
// that the model does not know. A run in which it is not empty proves nothing.
func (s *Server) Unsupported() []string { return s.unsupported }

func (s *Server) refuse(out []byte, what string) []byte {
	return appendError(out, s.unsupportedError(what))
}

// unsupportedError notes what the model does not know and returns the error.
func (s *Server) unsupportedError(what string) string {
	if !slices.Contains(s.unsupported, what) {
		s.unsupported = append(s.unsupported, what)
	}
	return "ERR simulated redis: unsupported command '" + what + "'"
}

// List returns the live elements of the list at key, head first, or the first value of
// each entry of the stream there, without going through the protocol; nil if there is none. The slice is valid until the
// next Do and must not be changed.
func (s *Server) List(key string) []string {
	o := s.db[key]
	switch {
	case o == nil || s.expired(o):
	case o.kind == kindList:
		return o.list.items()
	case o.kind == kindStream:
		return o.stream.values()
	}
	return nil
}

// Has tells whether there is a value at key at virtual time now, without going through
// the protocol.
func (s *Server) Has(now time.Duration, key string) bool {
	o := s.db[key]
	return o != nil && !o.expiredAt(s.epochMS+int64(max(now, s.now)/time.Millisecond))
}

// Bit returns bit i of the string at key, false where there is none.
func (s *Server) Bit(key string, i int64) bool {
	o := s.db[key]
	return o != nil && o.kind == kindString && !s.expired(o) && bit(o.str, i)
}

func hashString[T ~string | ~[]byte](h *xxhash.Digest, v T) {
	hashInt(h, int64(len(v)))
	h.WriteString(string(v))
}

func hashInt(h *xxhash.Digest, n int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}

// Failure is how a Server dies.
type Failure int

// The failures of a server.
const (
	// Killed: the process is gone, the operating system is not, so that
	// everything written to the append-only file survives, synced or not.
	Killed Failure = iota
	// PowerLoss: everything since the last fsync is gone. With everysec that
	// is what was executed since the last whole second of virtual time.
	PowerLoss
)

// Crash stops the server at virtual time now and starts it again on what its
// persistence has secured. Data goes back to a state between two commands,
// never into the middle of a transaction or a script. Connections, names,
// watches, the script cache and CONFIG SET are gone, and run_id changes.
func (s *Server) Crash(now time.Duration, how Failure) {
	s.advance(now)
	s.restarts++
	from := s.durable
	switch {
	case s.opts.Persistence == None:
		from = keyspace{}
	case s.config.appendonly && (s.config.fsync == "always" || how == Killed):
		from = s.keyspace
	}
	s.start(from)
}

// syncEverySecond must be called before time moves to now: all commands so far
// are older than the whole second that passes on the way.
func (s *Server) syncEverySecond(now time.Duration) {
	if !s.config.appendonly || s.config.fsync != "everysec" {
		return
	}
	if second := now.Truncate(time.Second); second > s.durableAt {
		if s.dirty != s.durable.dirty {
			s.fsync()
		}
		s.durableAt = second
	}
}

// fsync makes the present state the one that a power loss goes back to.
func (s *Server) fsync() {
	s.own = nil
	s.durable = keyspace{maps.Clone(s.db), s.used, s.dirty}
}
