package sim_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
	"onceover/loader/lock"
	"onceover/scenarios/servers/serverstest"
	"onceover/sim"
)

func TestMain(m *testing.M) { os.Exit(serverstest.Main(m)) }

// schedules of each strategy that are repeated on a real server.
const schedules = 8

// Whole schedules, in which connections are cut and replies lost, are repeated
// on a real Redis, command by command: every reply has to have the same bytes.
func TestSchedulesGoTheSameWayOnARealRedis(t *testing.T) {
	addr := serverstest.RedisOptions(t).Addr
	compared := 0
	for _, strategy := range lock.All() {
		scene, err := sim.Prepare(sim.Setup{
			Name: strategy.Name, Program: sim.Loader(strategy), Workers: 3, Chunks: 3, Cold: true, Locks: strategy.Locks,
			TTL:    time.Hour, // virtual and real time pass at different speeds
			Budget: faults.Budget{faults.LoseReply: 1, faults.Cut: 1, faults.KillClient: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(schedules) {
			random := rand.New(rand.NewPCG(seed, 1))
			run, seen, err := scene.Exchanges(func(enabled []sim.Choice) int { return random.IntN(len(enabled)) })
			if err != nil {
				t.Fatal(err)
			}
			if err := repeat(addr, seen); err != nil {
				t.Fatalf("%s, seed %d: %v\n%v", strategy.Name, seed, err, run.Log)
			}
			compared += len(seen)
		}
	}
	t.Logf("%d exchanges compared", compared)
	if compared < 1000 {
		t.Errorf("only %d exchanges were compared", compared)
	}
}

// A schedule in which a connection ends is only repeated faithfully when the
// test sees the server notice: before that, the dead worker's name still locks.
func TestTheEndOfAConnectionIsSeenOnTheServer(t *testing.T) {
	addr := serverstest.RedisOptions(t).Addr
	admin, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	r := &real{addr: addr, conns: map[int64]*conn{1: c}, admin: admin}
	if listed, err := r.lists(c); !listed || err != nil {
		t.Fatalf("the server does not list an open connection: %v", err)
	}
	if err := r.hangUp(1); err != nil {
		t.Fatal(err)
	}
	if listed, err := r.lists(c); listed || err != nil {
		t.Errorf("the server lists a connection that ended: %v", err)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
}

// real is a real server, and the connections that the schedule has there.
type real struct {
	addr  string
	conns map[int64]*conn
	admin *conn
}

// conn is a connection to a real server. The server's own number for it says
// which one it is: its address is another one where a proxy of Docker's stands
// between.
type conn struct {
	net.Conn
	id     string
	buffer []byte
}

func repeat(addr string, seen []sim.Exchange) (err error) {
	admin, err := dial(addr)
	if err != nil {
		return err
	}
	r := &real{addr: addr, conns: map[int64]*conn{}, admin: admin}
	defer func() { err = errors.Join(err, r.close()) }()
	for _, command := range [][]string{{"FLUSHALL"}, {"SCRIPT", "FLUSH"}} {
		if _, err := admin.do(arguments(command...)); err != nil {
			return err
		}
	}
	for i, e := range seen {
		if err := r.exchange(e); err != nil {
			return fmt.Errorf("exchange %d: %w", i+1, err)
		}
	}
	return nil
}

func (r *real) exchange(e sim.Exchange) error {
	switch {
	case e.Opened:
		c, err := dial(r.addr)
		r.conns[e.Conn] = c
		return err
	case e.Closed:
		return r.hangUp(e.Conn)
	}
	reply, err := r.conns[e.Conn].do(e.Args)
	if err != nil {
		return fmt.Errorf("%q: %w", e.Args, err)
	}
	if got, want := canonical(e.Args, e.Reply), canonical(e.Args, reply); got != want {
		return fmt.Errorf("%.300q: the model answers %q, the server %q", e.Args, got, want)
	}
	return nil
}

// hangUp closes a connection and waits until the server has noticed.
func (r *real) hangUp(id int64) error {
	c := r.conns[id]
	if c == nil {
		return nil
	}
	delete(r.conns, id)
	c.Close()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		listed, err := r.lists(c)
		if err != nil || !listed {
			return err
		}
	}
	return fmt.Errorf("the server keeps the connection %s", c.id)
}

// lists says whether the server still knows a connection.
func (r *real) lists(c *conn) (bool, error) {
	list, err := r.admin.do(arguments("CLIENT", "LIST", "ID", c.id))
	return bytes.Contains(list, []byte("id="+c.id+" ")), err
}

// close ends the connections of a schedule, so that the next one finds none.
func (r *real) close() error {
	var errs []error
	for id := range r.conns {
		errs = append(errs, r.hangUp(id))
	}
	r.admin.Close()
	return errors.Join(errs...)
}

func dial(addr string) (*conn, error) {
	tcp, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: tcp}
	reply, err := c.do(arguments("CLIENT", "ID"))
	c.id = strings.Trim(string(reply), ":\r\n")
	return c, err
}

func arguments(words ...string) (args [][]byte) {
	for _, w := range words {
		args = append(args, []byte(w))
	}
	return args
}

// replyLength is the length of the reply at the beginning of buf, or 0 as long as
// it is not complete.
func replyLength(buf []byte) (int, error) {
	session, err := wire.RESP.NewSession()
	if err != nil {
		return 0, err
	}
	if _, _, err := session.Client(wiretest.AppendCommand(nil, "PING")); err != nil {
		return 0, err
	}
	n, end, err := session.Server(buf)
	if end != wire.Reply {
		n = 0
	}
	return n, err
}

// do sends a command and reads its reply.
func (c *conn) do(args [][]byte) ([]byte, error) {
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	if _, err := c.Write(wiretest.AppendCommand(nil, args...)); err != nil {
		return nil, err
	}
	for {
		if n, err := replyLength(c.buffer); err != nil || n > 0 {
			reply := bytes.Clone(c.buffer[:n])
			c.buffer = c.buffer[n:]
			return reply, err
		}
		chunk := make([]byte, 64<<10)
		n, err := c.Read(chunk)
		if err != nil {
			return nil, err
		}
		c.buffer = append(c.buffer, chunk[:n]...)
	}
}

var names = regexp.MustCompile(`id=\d+ .*? name=(\S*) `)

// canonical takes out of a reply what differs from server to server: of a list
// of clients only the names are compared, without the test's own.
func canonical(args [][]byte, reply []byte) string {
	if strings.EqualFold(string(args[0]), "HELLO") {
		return "" // versions and connection numbers
	}
	found := names.FindAllSubmatch(reply, -1)
	if found == nil {
		return string(reply)
	}
	var all []string
	for _, f := range found {
		if len(f[1]) > 0 {
			all = append(all, string(f[1]))
		}
	}
	slices.Sort(all)
	tail := reply[bytes.LastIndexByte(reply, '=')+1:]
	return strings.Join(all, " ") + string(tail[bytes.IndexByte(tail, '\n')+1:])
}
