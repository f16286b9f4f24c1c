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
		`plan       [0-9a-f]{16}, in Redis: 10 chunks by ranges of index PRIMARY \(id\), 10 of them loaded\n`+unknown)
	e = d.dry(t, 0, "--reset")
	wantMatch(t, e.stdout, `\n--reset    would delete list orders with 1000 elements, and the job of table \w+\.orders with 10 of 10 chunks marked\n`)
	d.dry(t, 14, "--push", "right")
	d.exec(t, "INSERT INTO orders VALUES (1001, 'more')")
	d.dry(t, 18)
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
	complete(t, command(t, d.env(), args...)).want(t, 0)
	d.wantExactly(t, "orders", 50)
	if first := d.redis.LIndex(t.Context(), "orders", 0).Val(); first != `{"id":1,"payload":"row 1"}` {
		t.Errorf("the first element is %s", first)
	}
	complete(t, command(t, d.env(), args[:5]...)).want(t, 14)
}
