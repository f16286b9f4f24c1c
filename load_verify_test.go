package main

import (
	"encoding/json"
	"strings"
	"testing"

	"onceover/loader"
)

func TestLoadComparesTheListWithTheTable(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	args := []string{"load", "--table", "orders", "--list", "target", "--chunk-size", "100", "--verify"}
	load := func(more ...string) ended { return complete(t, command(t, d.env(), append(args, more...)...)) }
	if err := d.redis.RPush(t.Context(), "target", "from before").Err(); err != nil {
		t.Fatal(err)
	}
	e := load()
	e.want(t, 0)
	wantMatch(t, e.stdout, `\Acomplete: 3 of 3 chunks .*\nverified: list target holds each of the 250 rows of table orders once, and nothing else but the 1 element that it held before\n\z`)
	wantMatch(t, e.stderr, `\ncompared 500/500, 100%.*\n\z`)
	d.discreet(t, "the log", e.stderr)

	row := func(id string) string { return `{"id":` + id + `,"payload":"row ` + id + `"}` }
	d.redis.LRem(t.Context(), "target", 1, row("7"))
	d.redis.LRem(t.Context(), "target", 1, row("9"))
	d.redis.LPush(t.Context(), "target", `{"id":9,"payload":"old"}`, row("5"), "\x1b[31m"+row("7"))
	e = load()
	e.want(t, 27)
	wantMatch(t, e.stdout, `\A`+
		`differs: 1 row has other values in list target\n  key 9, at 2: \{"id":9,"payload":"old"\}\n`+
		`differs: 1 row is missing in list target\n  key 7\n`+
		`differs: 1 element is too many in list target\n  key 5, 2 times\n`+
		`differs: 1 element is no row in list target\n  at 0: .\[31m\{"id":7,"payload":"row 7"\}\n\z`)
	wantMatch(t, e.stderr, `\ncompared again 50\d/50\d, 100%.*\n`)
	wantLine(t, e.stderr, "error: ", `list target is not what table orders holds: 1 row has other values, 1 row is missing, 1 element is too many, 1 element is no row`)
	if found := control.FindString(e.stdout + e.stderr); found != "" {
		t.Errorf("control character %q", found)
	}

	e = load("--json", "--log", "json")
	e.want(t, 27)
	var got loadSummary
	if err := json.Unmarshal([]byte(e.stdout), &got); err != nil {
		t.Fatalf("%v in %s", err, e.stdout)
	}
	if v := got.Verify; v == nil || v.Equal || v.Of != 1 || v.Changed.Examples[0].Key != "9" || v.Missing.Count != 1 || v.Missing.Examples[0].Key != "7" || v.Repeated.Examples[0].Times != 2 || !strings.Contains(v.Foreign.Examples[0].Element, "row 7") {
		t.Errorf("the summary says %s", e.stdout)
	}
	all, names := events(t, e.stderr)
	differs, failed := all[len(all)-2], all[len(all)-1]
	if got := strings.Join(names, " "); !strings.HasSuffix(got, " planned differs failed") || differs["changed"] != 1.0 || differs["missing"] != 1.0 || differs["too_many"] != 1.0 || differs["foreign"] != 1.0 || failed["exit_code"] != 27.0 {
		t.Errorf("events %s, %v", got, all)
	}

	load("--reset", "--yes").want(t, 0)
	e = load("--log", "json")
	e.want(t, 0)
	if all, names := events(t, e.stderr); strings.Join(names, " ") != "begun planned verified done" || all[2]["rows"] != 250.0 {
		t.Errorf("events %v", all)
	}

	d.exec(t, "INSERT INTO orders VALUES (251, 'row 251')")
	e = load()
	e.want(t, 18)
	wantMatch(t, e.stdout, `differs: 1 row is missing in list target\n  key 251\n`)
	load("--shared").want(t, 2)
}

// What an unsafe strategy loses with its chunk marked, the comparison finds.
func TestTheComparisonFindsWhatAStrategyLost(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 100)
	args := []string{"load", "--table", "orders", "--list", "target", "--chunk-size", "10", "--strategy", "bitmap", "--workers", "1", "--verify"}
	complete(t, command(t, d.env(), args...)).want(t, 0)
	d.redis.LTrim(t.Context(), "target", 20, -1)
	e := complete(t, command(t, d.env(), args...))
	e.want(t, 27)
	wantMatch(t, e.stdout, `differs: 20 rows are missing in list target\n(  key \d+\n){10}  and 10 more\n`)
}

// The right to read the list is asked for before anything is written.
func TestTheRightToReadTheListIsAskedForFirst(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 10)
	if err := d.redis.Do(t.Context(), "ACL", "SETUSER", "loader", "-lrange").Err(); err != nil {
		t.Fatal(err)
	}
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "target", "--verify"))
	e.want(t, 17)
	wantLine(t, e.stderr, "try: ", `ACL SETUSER user .* \+lrange`)
	if n := d.redis.Exists(t.Context(), "target", "{target}:plan").Val(); n != 0 {
		t.Errorf("%d keys were written", n)
	}
}

func TestAnInterruptEndsTheComparison(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 100)
	w := watch(t, command(t, d.env(), "load", "--table", "orders", "--list", "target", "--where", "SLEEP(0.03) = 0", "--verify"))
	w.saying(t, "rows 100/100, 100%")
	e := w.interrupt(t) // the comparison takes at least three seconds
	e.want(t, 130)
	wantMatch(t, e.stderr, `\nstopping; once more to quit at once\n(?s:.*)interrupted\n\z`)
}

func TestNoListThatOthersUseIsCompared(t *testing.T) {
	c := loadCmd{ChunkSize: 1, Bytes: 1, Workers: 1, TTL: 1, addresses: addresses{RedisURL: "r", MySQLDSN: "m"}, Verify: true, Shared: true}
	if err := c.check(); err == nil || exitCode(err) != 2 {
		t.Errorf("%v", err)
	}
}

func TestAVerdictOfTheTableComesBeforeOneOfTheList(t *testing.T) {
	changed, lacks := loader.Audit{Planned: 1, Rows: 2}, loader.Audit{Planned: 2, Rows: 2, Elements: 1}
	differs := &loader.Verification{Missing: loader.Differing{Count: 1}, Of: 1}
	for _, tc := range []struct {
		audit  loader.Audit
		verify *loader.Verification
		want   int
	}{{changed, differs, 18}, {lacks, differs, 27}, {lacks, nil, 19}, {loader.Audit{}, differs, 27}, {loader.Audit{}, &loader.Verification{Equal: true}, 0}} {
		sum := loadSummary{Summary: loader.Summary{Audit: tc.audit}, Verify: tc.verify}
		got := 0
		if err := sum.problem(false); err != nil {
			got = exitCode(err)
		}
		if got != tc.want {
			t.Errorf("%+v: exit code %d, want %d", tc, got, tc.want)
		}
	}
}
