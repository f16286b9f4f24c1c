package redismodel

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var clientListLength = regexp.MustCompile(`[$=]\d+\r\n(txt:)?id=|[$=]\d+\r\n(txt:)?`)

// burst is what one connection sends without waiting for replies.
type burst struct {
	conn     int
	commands [][]string
	sleep    time.Duration // instead of commands
}

// pair drives a real server and the model with the same commands. The exact
// millisecond in which the real server ran a command is known only within
// bounds, so there may be more than one model: every state that explains all
// replies so far.
type pair struct {
	addr    string
	control *realConn
	real    []*realConn
	ids     []ConnID
	models  []*Server
	now     time.Duration

	compared int  // commands
	verifies bool // what the model refuses is counted in refused and left out
	refused  []string
}

const pairConns = 3

func newPair(addr string) (*pair, error) {
	model := New(Options{})
	model.epochMS, model.ms = 0, 0 // virtual time is Unix time
	model.random.seed(0)
	p := &pair{addr: addr, models: []*Server{model}}
	var err error
	if p.control, err = dialReal(addr); err != nil {
		return nil, err
	}
	for _, cmd := range []string{"FLUSHALL", "SCRIPT FLUSH", "CONFIG SET maxmemory 0", "CONFIG SET maxmemory-policy noeviction"} {
		if reply, err := p.control.do(strings.Fields(cmd)...); err != nil || reply != "+OK\r\n" {
			return nil, fmt.Errorf("%s: %q, %v", cmd, reply, err)
		}
	}
	if _, err := p.control.do("EVAL", "math.randomseed(0)", "0"); err != nil {
		return nil, err
	}
	p.real, p.ids = make([]*realConn, pairConns), make([]ConnID, pairConns)
	for i := range p.real {
		if err := p.connect(i); err != nil {
			return nil, err
		}
	}
	return p, nil
}

var addrField = regexp.MustCompile(` addr=(\S+)`)

// connect gives the model's connection the id and address of the real one.
func (p *pair) connect(i int) (err error) {
	if p.real[i], err = dialReal(p.addr); err != nil {
		return err
	}
	info, err := p.real[i].do("CLIENT", "INFO")
	if err != nil {
		return err
	}
	reply, err := p.real[i].do("CLIENT", "ID")
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(strings.TrimSpace(reply[1:]), 10, 64)
	if err != nil {
		return err
	}
	for _, m := range p.models {
		m.lastID = ConnID(id) - 1
		p.ids[i] = m.Connect(addrField.FindStringSubmatch(info)[1])
		m.Do(p.ids[i], 0, bytesOf("CLIENT", "ID"), nil)
	}
	return nil
}

func (p *pair) close() {
	for _, c := range append(p.real, p.control) {
		if c != nil {
			c.Close()
		}
	}
}

// clock asks the real server for the time, in whole milliseconds.
func (p *pair) clock() (time.Duration, error) {
	reply, err := p.control.do("TIME")
	if err != nil {
		return 0, err
	}
	lines := strings.Split(reply, "\r\n")
	sec, _ := strconv.ParseInt(lines[2], 10, 64)
	us, _ := strconv.ParseInt(lines[4], 10, 64)
	return time.Duration(sec)*time.Second + time.Duration(us/1000)*time.Millisecond, nil
}

// timed reports whether the outcome of a burst may depend on when it runs.
func (p *pair) timed(b burst) bool {
	m := p.models[0]
	if len(p.models) > 1 || p.inTransaction(b.conn) {
		return true
	}
	for _, args := range b.commands {
		if CommandFootprint(bytesOf(args...)).Clock {
			return true
		}
	}
	for _, o := range m.db {
		if o.expireAt != noExpiry {
			return true
		}
	}
	return false
}

func (p *pair) inTransaction(conn int) bool {
	i, ok := p.models[0].index(p.ids[conn])
	return ok && p.models[0].conns[i].multi
}

// run sends a burst to the real server in one write, and returns an error that
// shows both replies if no model explains the real ones.
func (p *pair) run(b burst) (err error) {
	if b.sleep > 0 {
		time.Sleep(b.sleep)
		return nil
	}
	for len(b.commands) > 0 && err == nil {
		now := b
		now.commands = p.upToClosing(b.commands)
		b.commands = b.commands[len(now.commands):]
		err = p.send(now)
	}
	return err
}

// upToClosing cuts a burst after a command that may close its connection, and
// before a CLIENT KILL and what may wait.
func (p *pair) upToClosing(commands [][]string) [][]string {
	for i, args := range commands {
		switch name := strings.ToUpper(args[0]); {
		case isKill(args), mayWait(args):
			return commands[:max(i, 1)]
		case name == "QUIT":
			return commands[:i+1]
		}
	}
	return commands
}

func isKill(args []string) bool {
	return strings.EqualFold(args[0], "CLIENT") && len(args) > 1 && strings.EqualFold(args[1], "KILL")
}

func mayWait(args []string) bool {
	return strings.EqualFold(args[0], "BLPOP") || strings.EqualFold(args[0], "BRPOP")
}

// wouldRefuse looks some time ahead: a key may expire before the command arrives.
func (p *pair) wouldRefuse(conn int, args []string) bool {
	m := p.models[0].Clone()
	p.answer(m, conn, p.now+time.Second, args)
	p.refused = append(p.refused, m.Unsupported()...)
	return len(m.Unsupported()) > 0
}

func (p *pair) send(b burst) (err error) {
	b.commands = p.concrete(b.conn, b.commands)
	timed := p.timed(b)
	if timed {
		if p.now, err = p.clock(); err != nil {
			return err
		}
	}
	before := p.now
	replies, silence := p.real[b.conn].pipeline(b.commands)
	if timed {
		if p.now, err = p.clock(); err != nil {
			return err
		}
	}
	for i, reply := range replies {
		if err := p.explain(b.conn, b.commands[i], before, p.canonical(reply, b.commands[i])); err != nil {
			return err
		}
	}
	if silence != nil {
		return &difference{args: b.commands[len(replies)], conn: b.conn, real: silence.Error(), state: p.models[0].Dump(p.now)}
	}
	return p.reconnect()
}

// concrete replaces @n by the id of connection n, and what the model cannot follow.
func (p *pair) concrete(conn int, commands [][]string) [][]string {
	var out [][]string
	for _, args := range commands {
		if isKill(args) && p.inTransaction(conn) {
			// How much of EXEC's reply still reaches a connection that kills
			// itself depends on how each command builds its reply.
			args = []string{"PING"}
		}
		args = slices.Clone(args)
		for i, a := range args {
			if n, ok := strings.CutPrefix(a, "@"); ok {
				args[i] = strconv.FormatInt(int64(p.ids[n[0]-'0']), 10)
			}
		}
		if (p.verifies || mayWait(args)) && p.wouldRefuse(conn, args) {
			args = []string{"PING"}
		}
		out = append(out, args)
	}
	return out
}

// explain keeps the models that answer want at some millisecond between the
// model's own time and p.now.
func (p *pair) explain(conn int, args []string, before time.Duration, want string) error {
	type state struct {
		now  time.Duration
		hash uint64
	}
	var explained []*Server
	var got string
	seen := make(map[state]bool)
	queue := p.queue(conn)
	for _, m := range p.models {
		for c, now := range possible(m, before, p.now) {
			got = p.canonical(p.answer(c, conn, now, args), args)
			if u := c.Unsupported(); len(u) > 0 {
				return &refusal{args, u}
			}
			if key := (state{now, c.Hash(now)}); got == want && !seen[key] {
				seen[key] = true
				explained = append(explained, c)
			}
		}
	}
	p.compared++
	if len(explained) == 0 {
		return &difference{conn: conn, args: args, queue: queue, real: want, model: got, state: p.models[0].Dump(p.now)}
	}
	p.models = explained
	return nil
}

// possible yields copies of a model at every millisecond at which a command may
// have run, with every choice of expired keys that the real server may have
// deleted on its own by then; a watcher sees that in CLIENT LIST. On a busy machine
// a server was seen to treat a key as expired a millisecond before TIME, asked
// later, said so: that one is possible too.
func possible(m *Server, from, to time.Duration) func(func(*Server, time.Duration) bool) {
	return func(yield func(*Server, time.Duration) bool) {
		for now := max(from, m.now); now <= to+time.Millisecond; now += time.Millisecond {
			expired := watchedAndExpired(m, now)
			for choice := range 1 << len(expired) {
				c := m.Clone()
				c.advance(now)
				for i, key := range expired {
					if choice>>i&1 == 1 {
						c.find([]byte(key))
					}
				}
				if !yield(c, now) {
					return
				}
			}
		}
	}
}

func watchedAndExpired(m *Server, now time.Duration) (keys []string) {
	if m.watchers == 0 {
		return nil
	}
	c := m.Clone()
	c.advance(now)
	for _, conn := range c.conns {
		for _, w := range conn.watched {
			if o := c.db[w.key]; o != nil && c.expired(o) && !slices.Contains(keys, w.key) {
				keys = append(keys, w.key)
			}
		}
	}
	return keys
}

var keyCount = regexp.MustCompile(`db0[^\r]*\r\n`)

func (p *pair) canonical(reply string, args []string) string {
	reply = canonical(reply, func(id string) bool {
		n, _ := strconv.ParseInt(id, 10, 64)
		return slices.Contains(p.ids, ConnID(n))
	})
	if strings.EqualFold(args[0], "INFO") {
		reply = keyCount.ReplaceAllString(reply, "") // with expired keys that nobody has come across, as DBSIZE
	}
	if name := strings.ToUpper(args[0]); name == "KEYS" || name == "SCAN" || name == "EXEC" {
		return sortedLines(reply)
	}
	return reply
}

// sortedLines forgets an order that depends on a hash table. The first line is the
// head of the reply.
func sortedLines(text string) string {
	lines := strings.Split(text, "\r\n")
	slices.Sort(lines[1:])
	return strings.Join(lines, "\r\n")
}

// reconnect replaces the connections that the model says were closed, and
// waits for the real server to say the same.
func (p *pair) reconnect() error {
	for i, id := range p.ids {
		if !p.models[0].Closed(id) {
			continue
		}
		if err := p.real[i].closed(); err != nil {
			return &difference{conn: i, args: []string{"a closed connection"}, real: err.Error()}
		}
		if err := p.connect(i); err != nil {
			return err
		}
	}
	return nil
}
