package mysqlmodel

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"pgregory.net/rapid"

	"onceover/scenarios/servers/serverstest"
)

// realConfig is the server that the model is compared with.
func realConfig(t testing.TB) *mysql.Config {
	t.Helper()
	var cfg *mysql.Config
	if dsn := os.Getenv("ONCEOVER_TEST_MYSQL"); dsn == "" {
		cfg = serverstest.MySQLConfig(t)
	} else {
		var err error
		if cfg, err = mysql.ParseDSN(dsn); err != nil {
			t.Fatal(err)
		}
	}
	utf8mb4(cfg)
	cfg.DBName = ""
	return cfg
}

// real is a real server with the tables of a model in a database of their own.
type real struct {
	cfg   *mysql.Config
	admin *sql.DB
	gate  *sql.Conn // its snapshot keeps deleted rows from being purged
}

func openReal(t testing.TB, database string) *real {
	cfg := realConfig(t)
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := &real{cfg: cfg.Clone(), admin: sql.OpenDB(connector)}
	t.Cleanup(func() {
		r.do(t, "DROP DATABASE IF EXISTS "+database)
		r.admin.Close()
	})
	r.cfg.DBName = database
	r.do(t, "DROP DATABASE IF EXISTS "+database)
	r.do(t, "CREATE DATABASE "+database+" COLLATE utf8mb4_0900_ai_ci")
	r.do(t, "CREATE TABLE "+database+".nudge (n INT PRIMARY KEY, times INT)")
	r.do(t, "INSERT INTO "+database+".nudge VALUES (1, 0)")
	return r
}

func (r *real) do(t rapid.TB, query string, args ...any) {
	if _, err := r.admin.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (r *real) version(t rapid.TB) (version string) {
	if err := r.admin.QueryRow("SELECT @@version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return version
}

// create makes a table afresh, so that no deleted rows are left in it.
func (r *real) create(t rapid.TB, def Table) {
	name := def.Database + "." + def.Name
	var columns []string
	for _, c := range def.Columns {
		d := "`" + c.Name + "` " + c.SQLType
		if !c.Nullable {
			d += " NOT NULL"
		}
		if c.Default != nil {
			d += " DEFAULT '" + *c.Default + "'"
		}
		switch c.Key {
		case "PRI":
			d += " PRIMARY KEY"
		case "UNI":
			d += " UNIQUE"
		}
		columns = append(columns, d)
	}
	r.do(t, "DROP TABLE IF EXISTS "+name)
	r.do(t, "CREATE TABLE "+name+" ("+strings.Join(columns, ", ")+")")
	for _, row := range def.Rows {
		r.do(t, "INSERT INTO "+name+" VALUES (?"+strings.Repeat(", ?", len(row)-1)+")", row...)
	}
}

// line is one connection to a server, logged in by the driver and then used without it.
type line struct {
	id   ConnID
	conn net.Conn
	in   *bufio.Reader
	pool *sql.DB

	expires time.Time // the earliest end of its last wait, zero if that had none
}

// patience is how long the real server may take for what it is bound to do.
const patience = 30 * time.Second

func dialLine(t rapid.TB, cfg *mysql.Config, dial func(context.Context, string, string) (net.Conn, error)) *line {
	l := &line{}
	cfg = cfg.Clone()
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		l.conn = conn
		return conn, err
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l.pool = sql.OpenDB(connector)
	held, err := l.pool.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := held.QueryRowContext(context.Background(), "SELECT CONNECTION_ID()").Scan(&l.id); err != nil {
		t.Fatal(err)
	}
	const soon = "SET innodb_lock_wait_timeout = 50" // in case the real server waits where the model does not
	if _, err := held.ExecContext(context.Background(), soon); err != nil {
		t.Fatal(err)
	}
	l.in = bufio.NewReader(l.conn)
	return l
}

func (l *line) close() { l.conn.Close() }

// send writes a packet that begins a command.
func (l *line) send(t rapid.TB, payload []byte) {
	n := len(payload)
	if _, err := l.conn.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), 0}, payload...)); err != nil {
		t.Fatalf("connection %d: %v", l.id, err)
	}
}

// receive reads the reply to a command, with the headers of its packets; nil when the server has closed the connection.
func (l *line) receive(t rapid.TB, command byte) []byte {
	reply, err := l.read(command)
	if err != nil {
		t.Fatalf("connection %d: %v", l.id, err)
	}
	return reply
}

func (l *line) read(command byte) (reply []byte, err error) {
	if err := l.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	packet := func() (body []byte) {
		header := make([]byte, 4)
		if _, err = io.ReadFull(l.in, header); err != nil {
			return nil
		}
		body = make([]byte, int(header[0])+int(header[1])<<8+int(header[2])<<16)
		if _, err = io.ReadFull(l.in, body); err != nil {
			return nil
		}
		reply = append(append(reply, header...), body...)
		return body
	}
	first := packet()
	switch {
	case err == io.EOF:
		return nil, nil
	case len(first) == 0 || first[0] == 0xff:
		return reply, err
	case first[0] == 0:
		if command == comStmtPrepare {
			for n := binary.LittleEndian.Uint16(first[5:]) + binary.LittleEndian.Uint16(first[7:]); n > 0 && err == nil; n-- {
				packet()
			}
		}
		return reply, err
	}
	for n := first[0]; n > 0 && err == nil; n-- {
		packet()
	}
	for err == nil {
		if p := packet(); len(p) > 0 && (p[0] == 0xff || p[0] == 0xfe && len(p) < 9) {
			break
		}
	}
	return reply, err
}

// waits notes when a wait that has just begun may be over at the earliest.
func (l *line) waits(sent time.Time, p *pair) {
	l.expires = time.Time{}
	if at, ends := p.model.Deadline(l.id); ends {
		l.expires = sent.Add(at - p.now)
	}
}

// awaitBlocked returns when the real server lets a connection wait for a lock, or false if it does not. A wait that may
// be over by now has perhaps been there; its reply tells.
//
// The order of waits decides who is the victim of a deadlock, and it is not that in which the locks are asked for. A
// metadata lock is pending before the server has looked for a deadlock, and has a state only afterwards; a row is waited
// for only when the server counts one wait more. So forRows says how many there are.
func (r *real) awaitBlocked(t rapid.TB, l *line, forRows int) bool {
	const query = `SELECT COUNT(*) FROM performance_schema.threads t WHERE t.PROCESSLIST_ID = %d AND (
		t.THREAD_ID IN (SELECT REQUESTING_THREAD_ID FROM performance_schema.data_lock_waits) AND
			(SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Innodb_row_lock_current_waits') >= %d OR
		t.THREAD_ID IN (SELECT OWNER_THREAD_ID FROM performance_schema.metadata_locks WHERE LOCK_STATUS = 'PENDING') AND
			(t.PROCESSLIST_STATE = 'User lock' OR t.PROCESSLIST_STATE LIKE 'Waiting for %%'))`
	for start := time.Now(); time.Since(start) < patience; {
		var n int
		if err := r.admin.QueryRow(fmt.Sprintf(query, l.id, forRows)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 || !l.expires.IsZero() && time.Now().After(l.expires) {
			return true
		}
	}
	return false
}

// awaitGone returns when the real server has forgotten a connection.
func (r *real) awaitGone(t rapid.TB, id ConnID) {
	for start := time.Now(); time.Since(start) < patience; {
		var n int
		if err := r.admin.QueryRow(fmt.Sprintf("SELECT COUNT(*) FROM performance_schema.threads WHERE PROCESSLIST_ID = %d", id)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	t.Fatalf("the real server keeps connection %d", id)
}
