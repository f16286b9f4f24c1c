package redisd

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var clientListLength = regexp.MustCompile(`[$=]\d+\r\n(txt:)?id=|[$=]\d+\r\n(txt:)?`)

// step is one thing that happens to both servers.
type step struct {
	conn  int
	args  []string
	sleep time.Duration
}

func (s step) String() string {
	if s.sleep > 0 {
		return "sleep " + s.sleep.String()
	}
	return fmt.Sprintf("%d> %q", s.conn, s.args)
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
}

const pairConns = 3

func newPair(addr string) (*pair, error) {
	p := &pair{addr: addr, models: []*Server{New(Options{Epoch: time.Unix(0, 0)})}}
	var err error
	if p.control, err = dialReal(addr); err != nil {
		return nil, err
	}
	for _, cmd := range []string{"FLUSHALL", "SCRIPT FLUSH", "CONFIG SET maxmemory 0", "CONFIG SET maxmemory-policy noeviction"} {
		if reply, err := p.control.do(strings.Fields(cmd)...); err != nil || reply != "+OK\r\n" {
			return nil, fmt.Errorf("%s: %q, %v", cmd, reply, err)
		}
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

// timed reports whether the outcome of a step may depend on when it runs.
func (p *pair) timed(s step) bool {
	m := p.models[0]
	if len(p.models) > 1 || m.Footprint(p.ids[s.conn], bytesOf(s.args...)).Clock {
		return true
	}
	for _, o := range m.db {
		if o.expireAt != noExpiry {
			return true
		}
	}
	return false
}

// run takes one step on both sides and returns an error that shows both
// replies if no model explains the real one.
func (p *pair) run(s step) error {
	if s.sleep > 0 {
		time.Sleep(s.sleep)
		return nil
	}
	if !comparable(p.models[0], s.args) {
		return nil
	}
	timed, err := p.timed(s), error(nil)
	if timed {
		if p.now, err = p.clock(); err != nil {
			return err
		}
	}
	before := p.now
	reply, err := p.real[s.conn].do(s.args...)
	if err != nil {
		return fmt.Errorf("real server: %w", err)
	}
	if timed {
		if p.now, err = p.clock(); err != nil {
			return err
		}
	}
	after := p.now
	if err := p.explain(s, before, after, p.canonical(reply, s.args)); err != nil {
		return err
	}
	return p.reconnect()
}

func (p *pair) explain(s step, before, after time.Duration, want string) error {
	var explained []*Server
	var got string
	seen := make(map[uint64]bool)
	for _, m := range p.models {
		for now := before; now <= after; now += time.Millisecond {
			c := m.Clone()
			got = p.canonical(string(c.Do(p.ids[s.conn], now, bytesOf(s.args...), nil)), s.args)
			if u := c.Unsupported(); len(u) > 0 {
				return fmt.Errorf("%v: unsupported %q", s, u)
			}
			if got != want {
				continue
			}
			if h := c.Hash(after); !seen[h] {
				seen[h] = true
				explained = append(explained, c)
			}
		}
	}
	if len(explained) == 0 {
		return fmt.Errorf("%v\n real: %q\nmodel: %q\nstate:\n%s", s, want, got, p.models[0].Dump(after))
	}
	p.models = explained
	return nil
}

func (p *pair) canonical(reply string, args []string) string {
	reply = canonical(reply, func(id string) bool {
		n, _ := strconv.ParseInt(id, 10, 64)
		return slices.Contains(p.ids, ConnID(n))
	})
	if name := strings.ToUpper(args[0]); name == "KEYS" || name == "SCAN" || name == "EXEC" {
		return sortedLines(reply)
	}
	return reply
}

// sortedLines forgets an order that depends on a hash table.
func sortedLines(text string) string {
	lines := strings.Split(text, "\r\n")
	slices.Sort(lines)
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
			return fmt.Errorf("connection %d: %w", i, err)
		}
		if err := p.connect(i); err != nil {
			return err
		}
	}
	return nil
}

// comparable leaves out DBSIZE while a key may expire: a real server counts
// expired keys until it comes across them.
func comparable(s *Server, args []string) bool {
	if !strings.EqualFold(args[0], "DBSIZE") {
		return true
	}
	for _, o := range s.db {
		if o.expireAt != noExpiry {
			return false
		}
	}
	return true
}

// TestModelAnswersAsARealServer compares random conversations byte for byte.
func TestModelAnswersAsARealServer(t *testing.T) {
	addr := realAddress(t)
	var compared atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(genStep, 1, 300).Draw(t, "steps")
		p, err := newPair(addr)
		if err != nil {
			t.Fatalf("real server: %v", err)
		}
		defer p.close()
		for i, s := range steps {
			if err := p.run(s); err != nil {
				t.Fatalf("step %d: %v", i, err)
			}
			if s.sleep == 0 {
				compared.Add(1)
			}
		}
	})
	t.Logf("%d commands compared", compared.Load())
	if compared.Load() == 0 {
		t.Fatal("nothing was compared")
	}
}
