package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/loader"
)

// dry runs a dry run, which has to change nothing in Redis.
func (d dbs) dry(t *testing.T, code int, more ...string) ended {
	t.Helper()
	before := d.keys(t)
	e := complete(t, command(t, d.env(), append([]string{"load", "--table", "orders", "--list", "orders", "--chunk-size", "100", "--dry-run"}, more...)...))
	e.want(t, code)
	d.discreet(t, "the dry run", e.stdout+e.stderr)
	if difference := cmp.Diff(before, d.keys(t)); difference != "" {
		t.Errorf("Redis was changed:\n%s", difference)
	}
	return e
}

func TestDryRunSaysWhatALoadWouldBeginWith(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 1000)
	const unknown = `not known  whether .*: only the load finds out\n\z`
	e := d.dry(t, 0)
	wantMatch(t, e.stdout, `\Adry run    a load can begin now; nothing was written\n`+
		`table      \w+\.orders, 1,000 rows, counted\nlist       orders, 0 elements\n`+
		`plan       none yet; 10 chunks by ranges of index PRIMARY \(id\)\n`+
		`elements   about 2\d\.\d KiB, \d\d B each \(the mean of 200 rows\)\n`+unknown)
	if e.stderr != "" {
		t.Errorf("standard error: %s", e.stderr)
	}
	e = d.dry(t, 0, "--reset") // of nothing
	wantMatch(t, e.stdout, `\Adry run    a load can begin now; nothing was written\ntable `)

	complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--chunk-size", "100")).want(t, 0)
	e = d.dry(t, 0)
	wantMatch(t, e.stdout, `\Adry run    the job is complete: a load would find nothing to do; nothing was written\n`+
		`table      \w+\.orders, 1,000 rows when it was cut\nlist       orders, 1000 elements\n`+
		`plan       [0-9a-f]{16}, in Redis: 10 chunks by ranges of index PRIMARY \(id\), 10 of them loaded\n\z`)
	e = d.dry(t, 0, "--reset")
	wantMatch(t, e.stdout, `\n--reset    would delete list orders with 1000 elements, and the job of table \w+\.orders with 10 of 10 chunks marked\n`)
	d.dry(t, 14, "--push", "right")
	d.exec(t, "INSERT INTO orders VALUES (1001, 'more')")
	d.dry(t, 18)
}

// A load of a complete job only compares, and writes nothing: so does the dry run.
func TestDryRunComparesTheListOfACompleteJob(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	wantMatch(t, d.dry(t, 0, "--verify").stdout, `\n--verify   would compare list and table when all chunks are loaded\n`)
	complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--chunk-size", "100")).want(t, 0)
	e := d.dry(t, 0, "--verify")
	wantMatch(t, e.stdout, `\Adry run    the job is complete: a load would only compare, as was done here; nothing was written\n(?s:.*)\nverified: list orders holds each of the 250 rows of table orders once, and nothing else\n\z`)
	wantMatch(t, d.dry(t, 0, "--verify", "--reset").stdout, `\n--verify   would compare list and table when all chunks are loaded\n`)

	d.redis.LRem(t.Context(), "orders", 1, `{"id":250,"payload":"row 250"}`)
	d.redis.LPush(t.Context(), "orders", `{"id":250,"payload":"old"}`)
	e = d.dry(t, 27, "--verify")
	wantMatch(t, e.stdout, `\Adiffers: 1 row has other values in list orders\n  key 250, at 0: \{"id":250,"payload":"old"\}\n\z`)
	wantLine(t, e.stderr, "error: ", `list orders is not what table orders holds: 1 row has other values`)
	var got dryFound
	if err := json.Unmarshal([]byte(d.dry(t, 27, "--verify", "--json").stdout), &got); err != nil {
		t.Fatal(err)
	}
	if got.Rows != 250 || got.Audit == nil || got.Verify == nil || got.Verify.Changed.Count != 1 {
		t.Errorf("%+v", got)
	}
}

func TestDryRunPrintsJSON(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	var got loader.Preview
	if err := json.Unmarshal([]byte(d.dry(t, 0, "--json", "--push", "right").stdout), &got); err != nil {
		t.Fatal(err)
	}
	if got.Rows != 250 || !got.Exact || got.Chunks != 3 || got.Layout != loader.Ranges || got.Sampled != 200 || got.Bytes < 5000 || len(got.NotKnown) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPushToTheRightKeepsTheOrderOfTheKeys(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 50)
	args := []string{"load", "--table", "orders", "--list", "orders", "--push", "right"}
	d.redis.RPush(t.Context(), "orders", "from before")
	e := complete(t, command(t, d.env(), append(args, "--verify")...))
	e.want(t, 0)
	wantMatch(t, e.stdout, `\nverified: .* nothing else but the 1 element that it held before\n`)
	if before := d.redis.LPop(t.Context(), "orders").Val(); before != "from before" {
		t.Errorf("the first element is %s", before)
	}
	d.wantExactly(t, "orders", 50)
	if first := d.redis.LIndex(t.Context(), "orders", 0).Val(); first != `{"id":1,"payload":"row 1"}` {
		t.Errorf("the first element is %s", first)
	}
	complete(t, command(t, d.env(), args[:5]...)).want(t, 14)
}
