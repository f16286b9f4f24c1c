package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/loader"
	"onceover/reports"
)

// fill makes a table of the rows 1 to n.
func (d dbs) fill(t *testing.T, table string, n int) {
	t.Helper()
	d.exec(t, "CREATE TABLE "+table+" (id BIGINT PRIMARY KEY, payload VARCHAR(40) NOT NULL)")
	for from := 1; from <= n; from += 1000 {
		var values []string
		for id := from; id < min(from+1000, n+1); id++ {
			values = append(values, fmt.Sprintf("(%d,'row %d')", id, id))
		}
		d.exec(t, "INSERT INTO "+table+" VALUES "+strings.Join(values, ","))
	}
}

// wantExactly wants the rows 1 to n in a list, each once and as it was.
func (d dbs) wantExactly(t *testing.T, list string, n int) {
	t.Helper()
	elements, err := d.redis.LRange(t.Context(), list, 0, -1).Result()
	if err != nil {
		t.Fatal(err)
	}
	times := make([]int, n+1)
	for _, element := range elements {
		var row struct {
			ID      int
			Payload string
		}
		if err := json.Unmarshal([]byte(element), &row); err != nil {
			t.Fatal(err)
		}
		if row.ID < 1 || row.ID > n || row.Payload != fmt.Sprintf("row %d", row.ID) {
			t.Fatalf("%s is no row of the table", element)
		}
		times[row.ID]++
	}
	for id := 1; id <= n; id++ {
		if times[id] != 1 {
			t.Fatalf("row %d is in the list %d times", id, times[id])
		}
	}
}

// control are characters that have no place in a log.
var control = regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f]`)

func TestLoadMovesATable(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 1000)
	args := []string{"load", "--table", "orders", "--list", "orders", "--chunk-size", "100"}

	e := complete(t, command(t, d.env(), args...))
	e.want(t, 0)
	d.wantExactly(t, "orders", 1000)
	wantMatch(t, e.stdout, `\Acomplete: 10 of 10 chunks loaded here, 1000 rows in [\d.]+s \(\d+ rows/s\), \d+ chunks? read in vain, 0 failures survived\n\z`)
	wantMatch(t, e.stderr, `\Aloading table orders into list orders, 4 workers\n`)
	wantMatch(t, e.stderr, `\nplan [0-9a-f]{16}: 1000 rows in 10 chunks by ranges\n`)
	wantMatch(t, e.stderr, `rows 1,000/1,000, 100%.*\n\z`)
	d.discreet(t, "the log", e.stderr)
	if found := control.FindString(e.stdout + e.stderr); found != "" {
		t.Errorf("control character %q", found)
	}

	again := complete(t, command(t, d.env(), args...))
	again.want(t, 0)
	if again.stdout != "complete: 10 chunks loaded already\n" {
		t.Errorf("the second time it says %q", again.stdout)
	}
	d.wantExactly(t, "orders", 1000)
}

func wantMatch(t *testing.T, text, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("no match for %s in\n%s", pattern, text)
	}
}

func TestLoadPrintsJSON(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--chunk-size", "100", "--json", "--progress", "none"))
	e.want(t, 0)
	var got loadSummary
	if err := json.Unmarshal([]byte(e.stdout), &got); err != nil {
		t.Fatalf("%v in %s", err, e.stdout)
	}
	if got.Seconds <= 0 || got.RowsPerSec <= 0 {
		t.Errorf("it took no time: %+v", got)
	}
	got.Seconds, got.RowsPerSec, got.Superseded = 0, 0, 0
	if want := (loadSummary{Summary: loader.Summary{Rows: 250, Chunks: 3, Audit: loader.Audit{Planned: 250, Rows: 250, Elements: 250}}, Of: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if strings.Contains(e.stderr, "rows 250") {
		t.Errorf("progress is shown although it is not wanted:\n%s", e.stderr)
	}
}

func TestLoadOfAnEmptyTable(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 0)
	for range 2 {
		e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders"))
		e.want(t, 0)
		if e.stdout != "complete: the table is empty\n" {
			t.Errorf("it says %q", e.stdout)
		}
	}
	d.exec(t, "INSERT INTO orders VALUES (1, 'a')")
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "others", "--where", "id > 1"))
	e.want(t, 0)
	if e.stdout != "complete: no row satisfies --where\n" {
		t.Errorf("it says %q", e.stdout)
	}
}

// long is a load of so many chunks that something can be done in its middle.
func (d dbs) long(t *testing.T, more ...string) (w *watched, rows int) {
	t.Helper()
	rows = 8_000
	d.fill(t, "orders", rows)
	args := append([]string{"load", "--table", "orders", "--list", "orders", "--chunk-size", "5", "--workers", "2"}, more...)
	w = watch(t, command(t, d.env(), args...))
	d.begun(t, w, "orders")
	return w, rows
}

// unhurried are the arguments of a load that was slow enough to be met in its middle, without
// what made it slow.
func unhurried(w *watched) []string {
	return slices.DeleteFunc(slices.Clone(w.cmd.Args[1:]), func(arg string) bool { return strings.HasPrefix(arg, "--rate=") })
}

// begun waits until a load is well under way: all its workers have joined.
func (d dbs) begun(t *testing.T, w *watched, list string) {
	t.Helper()
	w.until(t, "200 rows are there", func() bool {
		n, err := d.redis.LLen(t.Context(), list).Result()
		if err != nil {
			t.Fatal(err)
		}
		return n >= 200
	})
}

// cutUntil cuts the connections of a load to Redis until it says something.
func (d dbs) cutUntil(t *testing.T, w *watched, text string) {
	t.Helper()
	w.until(t, "it says "+text, func() bool {
		if err := d.redis.ClientKillByFilter(t.Context(), "USER", "loader").Err(); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(w.said(), text)
	})
}

func TestAnInterruptedLoadIsTakenUp(t *testing.T) {
	d := databases(t)
	w, rows := d.long(t, "--rate=1000")
	e := w.interrupt(t)
	e.want(t, 130)
	if e.stdout != "" {
		t.Errorf("standard output: %s", e.stdout)
	}
	wantMatch(t, e.stderr, `\nstopping; once more to quit at once\n`)
	wantMatch(t, e.stderr, `\nloaded here: \d+ rows in \d+ of 1600 chunks; the same command goes on from there\ninterrupted\n\z`)

	e = complete(t, command(t, d.env(), unhurried(w)...))
	e.want(t, 0)
	wantMatch(t, e.stdout, `\Acomplete: \d{1,4} of 1600 chunks loaded here, `)
	d.wantExactly(t, "orders", rows)
}

func TestLoadSurvivesCutConnections(t *testing.T) {
	d := databases(t)
	w, rows := d.long(t, "--rate", "2000")
	d.cutUntil(t, w, "trouble: ")
	e := w.wait(t)
	e.want(t, 0)
	wantMatch(t, e.stderr, `\ntrouble: .*; trying again for up to 1m0s\n`)
	wantMatch(t, e.stdout, `, [1-9]\d* failures? survived\n`)
	d.wantExactly(t, "orders", rows)
}

func TestLoadWithoutPatienceEndsWithTheConnection(t *testing.T) {
	d := databases(t)
	w, _ := d.long(t, "--patience", "0s", "--rate", "400")
	d.cutUntil(t, w, "error: ")
	e := w.wait(t)
	e.want(t, 69)
	wantMatch(t, e.stderr, `; once that is mended, the same command goes on from what Redis then holds\nerror: .*\n`)
}

func TestLoadWarnsOfUnsafeStrategies(t *testing.T) {
	d := databases(t)
	w, _ := d.long(t, "--strategy", "set-nx", "--rate", "400")
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stderr, `\Aloading table orders into list orders, 2 workers; strategy set-nx is NOT safe, rows may be lost or duplicated\n`)
	wantMatch(t, e.stderr, `; to go on may lose or duplicate rows, since strategy set-nx is not safe\ninterrupted\n\z`)
}

func TestALoadThatSkippedAChunkIsNotComplete(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 1000)
	holder := d.redis.Conn()
	defer holder.Close()
	if err := holder.ClientSetName(t.Context(), "chunk_3").Err(); err != nil {
		t.Fatal(err)
	}
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--chunk-size", "100", "--workers", "1", "--strategy", "connection-name"))
	e.want(t, 1)
	wantMatch(t, e.stdout, `\Anot complete: 9 of 10 chunks loaded here, 900 rows `)
	wantLine(t, e.stderr, "error: ", `the job is not complete: 1 of 10 chunks not marked`)
	wantLine(t, e.stderr, "try: ", `the same command again, when no other worker runs: .*`)
}

// A job whose marks are all set is complete only if table and list are what they were.
func TestLoadSaysWhatHasChanged(t *testing.T) {
	d := databases(t)
	load := func(more ...string) ended {
		return complete(t, command(t, d.env(), append([]string{"load", "--table", "orders", "--list", "target"}, more...)...))
	}
	d.fill(t, "orders", 20)
	load().want(t, 0)
	if err := d.redis.RPop(t.Context(), "target").Err(); err != nil {
		t.Fatal(err)
	}
	e := load()
	e.want(t, 19)
	wantLine(t, e.stderr, "error: ", `every chunk of the plan was loaded, but list target, which held 0 before, holds 19 elements for 20 rows`)
	load("--shared").want(t, 0)
	d.exec(t, "INSERT INTO orders VALUES (21, 'row 21')")
	e = load("--shared")
	e.want(t, 18)
	wantLine(t, e.stderr, "error: ", `every chunk of the plan is loaded, but the plan is of 20 rows, and table orders has 21 now`)
	d.exec(t, "ALTER TABLE orders MODIFY payload VARBINARY(40)")
	e = load("--shared")
	e.want(t, 18)
	wantLine(t, e.stderr, "error: ", `table \w+\.orders was altered since the job began: column payload was varchar\(40\) utf8mb4 and is varbinary\(40\)`)
}

func TestLoadRefusesARedisThatEvicts(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 20)
	set := func(limit, policy string) {
		for name, value := range map[string]string{"maxmemory": limit, "maxmemory-policy": policy} {
			if err := d.redis.ConfigSet(context.WithoutCancel(t.Context()), name, value).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("100mb", "allkeys-lru")
	t.Cleanup(func() { set("0", "noeviction") })
	args := []string{"load", "--table", "orders", "--list", "target"}
	e := complete(t, command(t, d.env(), args...))
	e.want(t, 20)
	wantLine(t, e.stderr, "error: ", `this Redis throws away keys when it holds more than 104857600 bytes .*`)
	wantLine(t, e.stderr, "try: ", `CONFIG SET maxmemory-policy noeviction; .*`)
	complete(t, command(t, d.env(), append(args, "--allow-eviction")...)).want(t, 0)
}

// Something that listens and says nothing is no MySQL server, and is not waited for as
// one that counts a table is.
func TestLoadFindsOutWhatDoesNotSpeakMySQL(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	cfg, err := loader.ParseMySQL("me@tcp(" + silent.Addr().String() + ")/shop")
	if err != nil {
		t.Fatal(err)
	}
	db, err := loader.OpenMySQL(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := &load{config: loader.Config{DB: db}, greeting: 50 * time.Millisecond}
	code, try := diagnose(l.reach(t.Context()))
	if code != reports.ExitEnvironment || !strings.Contains(try, "MySQL server") {
		t.Errorf("exit code %d, try %q", code, try)
	}
}
