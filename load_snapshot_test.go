package main

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// killSnapshot ends the connection that has the snapshot of a load.
func (d dbs) killSnapshot(t *testing.T) {
	t.Helper()
	connector, err := mysql.NewConnector(d.mysql)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var id int64
	err = db.QueryRowContext(t.Context(), `SELECT PROCESSLIST_ID FROM performance_schema.threads JOIN performance_schema.events_transactions_current e USING (THREAD_ID)
		WHERE PROCESSLIST_DB = DATABASE() AND PROCESSLIST_ID <> CONNECTION_ID() AND e.STATE = 'ACTIVE' AND e.AUTOCOMMIT = 'NO'`).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	d.exec(t, fmt.Sprintf("KILL CONNECTION %d", id))
}

// A row that is written while a load runs is not in its list, and the comparison agrees.
func TestLoadInOneSnapshot(t *testing.T) {
	d := databases(t)
	w, rows := d.long(t, "--snapshot", "--verify", "--rate", "4000")
	d.exec(t, "UPDATE orders SET payload = 'new'", "DELETE FROM orders WHERE id % 3 = 0", "INSERT INTO orders VALUES (-1, 'came'), (9000, 'came')")
	e := w.wait(t)
	e.want(t, 0)
	wantMatch(t, e.stdout, `\Acomplete: 1600 of 1600 chunks loaded here, .*\nverified: list orders holds each of the 8000 rows of table orders in the snapshot once, and nothing else\n\z`)
	d.wantExactly(t, "orders", rows)

	again := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--chunk-size", "5", "--snapshot"))
	again.want(t, 0)
	if again.stdout != "complete: 1600 chunks loaded already\n" {
		t.Errorf("the second time it says %q", again.stdout)
	}
	wantMatch(t, d.dry(t, 0, "--chunk-size", "5", "--snapshot").stdout, `\Adry run    the job is complete: `)
	wantLine(t, d.dry(t, 14, "--chunk-size", "5", "--snapshot", "--verify").stderr, "error: ", `list orders was loaded in one snapshot .*`)
}

func TestALoadInOneSnapshotIsNotTakenUp(t *testing.T) {
	d := databases(t)
	w, rows := d.long(t, "--rate=1000", "--snapshot")
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stderr, `\nloaded here: \d+ rows in \d+ of 1600 chunks; nothing goes on from there, since the snapshot ends with this command: --reset begins the job anew\ninterrupted\n\z`)
	args := unhurried(w)

	e = complete(t, command(t, d.env(), args...))
	e.want(t, 14)
	wantLine(t, e.stderr, "error: ", `list orders is being loaded in one snapshot \(--snapshot\), which only the process has that began the job`)
	wantLine(t, e.stderr, "try: ", `wait for that process; or, if it has ended, --reset, which begins the job anew`)
	e = complete(t, command(t, d.env(), args[:len(args)-1]...))
	e.want(t, 14)
	wantLine(t, e.stderr, "error: ", `list orders already belongs to another job: it was begun with --snapshot, and this command is without it`)

	complete(t, command(t, d.env(), append(args, "--reset", "--yes")...)).want(t, 0)
	d.wantExactly(t, "orders", rows)
}

func TestALoadThatLosesItsSnapshotEnds(t *testing.T) {
	d := databases(t)
	w, _ := d.long(t, "--snapshot", "--rate", "400")
	d.killSnapshot(t)
	e := w.wait(t)
	e.want(t, 28)
	wantLine(t, e.stderr, "error: ", `the snapshot of this load is lost \(--snapshot\), and nothing can go on in another one: .*`)
	wantLine(t, e.stderr, "try: ", `find out who ends connections of MySQL, if it was not restarted; and --reset, which begins the job anew`)
	wantMatch(t, e.stderr, `\nloaded here: \d+ rows in \d+ of 1600 chunks\nerror: `)
}

func TestLoadInOneSnapshotNeedsInnoDB(t *testing.T) {
	d := databases(t)
	d.exec(t, "CREATE TABLE orders (id INT PRIMARY KEY) ENGINE = MyISAM")
	wantLine(t, d.dry(t, 26, "--snapshot").stderr, "error: ", `table orders is of the engine MyISAM, and only tables of InnoDB can be read in one snapshot \(--snapshot\)`)
}
