package mysqlmodel

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

func pointer(s string) *string { return &s }

// sample is a server with a table to read, one of flags, and one of every type.
func sample(t testing.TB) *Server {
	s := New()
	for _, def := range sampleTables("app") {
		if err := s.CreateTable(def); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func sampleTables(database string) []Table {
	return []Table{
		{Database: database, Name: "t", Columns: []Column{
			{Name: "id", SQLType: "bigint", Key: "PRI"},
			{Name: "payload", SQLType: "varchar(255)", Nullable: true},
		}, Rows: [][]any{{1, "a"}, {2, "b"}, {3, nil}, {-7, "minus"}, {10, "ten"}}},
		{Database: database, Name: "d", Columns: []Column{
			{Name: "chunk", SQLType: "int", Key: "PRI"},
			{Name: "done", SQLType: "tinyint", Nullable: true},
		}, Rows: [][]any{{0, 1}, {1, 0}, {2, 0}, {5, 0}}},
		{Database: database, Name: "w", Columns: []Column{
			{Name: "id", SQLType: "bigint unsigned", Key: "PRI"},
			{Name: "a", SQLType: "smallint"},
			{Name: "b", SQLType: "mediumint unsigned", Nullable: true},
			{Name: "c", SQLType: "int unsigned", Default: pointer("7")},
			{Name: "f", SQLType: "float", Nullable: true},
			{Name: "g", SQLType: "double"},
			{Name: "h", SQLType: "char(10)", Nullable: true},
			{Name: "i", SQLType: "text", Nullable: true},
			{Name: "j", SQLType: "varbinary(20)", Nullable: true},
			{Name: "k", SQLType: "blob", Nullable: true},
			{Name: "u", SQLType: "int", Key: "UNI"},
			{Name: "v", SQLType: "varchar(20)", Default: pointer("x")},
			{Name: "m", SQLType: "tinyint(1)", Nullable: true},
		}, Rows: [][]any{
			{uint64(1<<64 - 1), -3, 4, 5, 0.1, 1e20, "hé", "text", "\x00\xff", "blob", 1, "v", 1},
			{uint64(1 << 63), -32768, nil, 0, 16777216.0, 1234567890123456.7, nil, nil, nil, nil, 30, "", nil},
			{uint64(1), 7, 16777215, 4294967295, nil, -1e-16, "", "", "", "", -20, "x", 0},
		}},
	}
}

// memory is a connection to a model, in which everything happens within Write.
type memory struct {
	mu     *sync.Mutex
	wake   *sync.Cond
	server *Server
	id     ConnID
	in     []byte
	out    []byte
	closed bool
}

// host gives connections to a model.
type host struct {
	mu     sync.Mutex
	wake   *sync.Cond
	server *Server
	next   ConnID
	conns  []*memory
}

func newHost(s *Server) *host {
	h := &host{server: s}
	h.wake = sync.NewCond(&h.mu)
	return h
}

func (h *host) dial(context.Context, string, string) (net.Conn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	c := &memory{mu: &h.mu, wake: h.wake, server: h.server, id: h.next}
	c.out = h.server.Connect(c.id, nil)
	h.conns = append(h.conns, c)
	return c, nil
}

func (c *memory) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.server.State(c.id) == Closed {
		return 0, io.ErrClosedPipe
	}
	c.in = append(c.in, b...)
	for len(c.in) >= 4 {
		n := 4 + int(c.in[0]) + int(c.in[1])<<8 + int(c.in[2])<<16
		if len(c.in) < n {
			break
		}
		c.out, _ = c.server.Do(c.id, 0, c.in[3], c.in[4:n], c.out)
		c.in = c.in[n:]
	}
	c.wake.Broadcast()
	return len(b), nil
}

func (c *memory) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.out) == 0 {
		switch c.server.State(c.id) {
		case Ready:
			c.out, _ = c.server.Resume(c.id, 0, c.out)
			continue
		case Closed:
			return 0, io.EOF
		}
		if c.closed {
			return 0, io.EOF
		}
		c.wake.Wait()
	}
	n := copy(b, c.out)
	c.out = c.out[n:]
	return n, nil
}

func (c *memory) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		c.server.Disconnect(c.id)
		c.wake.Broadcast()
	}
	return nil
}

func (*memory) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (*memory) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 3306} }
func (*memory) SetDeadline(time.Time) error      { return nil }
func (*memory) SetReadDeadline(time.Time) error  { return nil }
func (*memory) SetWriteDeadline(time.Time) error { return nil }

// open returns a pool of go-sql-driver connections to the model.
func open(t testing.TB, h *host, change func(*mysql.Config)) *sql.DB {
	cfg := mysql.NewConfig()
	cfg.User, cfg.DBName, cfg.Net, cfg.Addr = "onceover", "app", "tcp", "127.0.0.1:3306"
	cfg.DialFunc = h.dial
	if change != nil {
		change(cfg)
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { db.Close() })
	return db
}

// utf8mb4 does what the loader does to its connections.
func utf8mb4(cfg *mysql.Config) {
	cfg.Params = map[string]string{"time_zone": "'+00:00'"}
	if err := cfg.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		panic(err)
	}
}

// number returns MySQL's number of an error.
func number(err error) uint16 {
	var answer *mysql.MySQLError
	if errors.As(err, &answer) {
		return answer.Number
	}
	return 0
}

// boundaries appends to dst the offset at which each packet of a reply ends. In a result set the first packet holds the
// number of columns, then follow one packet per column, one per row, and a last one; a row is never split.
func boundaries(dst []int, reply []byte) []int {
	for at := 0; at+4 <= len(reply); {
		at += 4 + int(reply[at]) + int(reply[at+1])<<8 + int(reply[at+2])<<16
		dst = append(dst, at)
	}
	return dst
}
