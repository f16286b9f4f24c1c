package main

import (
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

func TestLoadFillsAStream(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	args := []string{"load", "--table", "orders", "--stream", "target", "--chunk-size", "100"}
	run := func(code int, more ...string) ended {
		t.Helper()
		e := complete(t, command(t, d.env(), append(args, more...)...))
		e.want(t, code)
		d.discreet(t, "the load", e.stdout+e.stderr)
		return e
	}
	wantMatch(t, run(0, "--dry-run").stdout, `\nstream     target, 0 entries\n`)

	e := run(0)
	wantMatch(t, e.stderr, `\Aloading table orders into stream target, 4 workers\n`)
	wantMatch(t, e.stdout, `\Acomplete: 3 of 3 chunks loaded here, 250 rows `)
	entries, err := d.redis.XRange(t.Context(), "target", "-", "+").Result()
	if err != nil || len(entries) != 250 || len(entries[0].Values) != 1 || !strings.HasPrefix(entries[0].Values["row"].(string), `{"id":`) {
		t.Fatalf("%d entries, %v; %v", len(entries), entries[:1], err)
	}

	// What a consumer deletes afterwards is no difference.
	d.redis.XTrimMaxLen(t.Context(), "target", 10)
	wantMatch(t, run(0).stdout, `\Acomplete: 3 chunks loaded already\n`)

	d.redis.XGroupCreate(t.Context(), "target", "readers", "0")
	wantMatch(t, run(0, "--dry-run", "--reset").stdout, `\n--reset    would delete stream target with 10 entries and 1 group of consumers, and the job of table `)
	run(0, "--reset", "--yes")
	if n := d.redis.XLen(t.Context(), "target").Val(); n != 250 {
		t.Errorf("%d entries after the reset", n)
	}

	d.redis.XAdd(t.Context(), &redis.XAddArgs{Stream: "target", Values: []any{"another", "one"}})
	wantMatch(t, run(19).stderr, `\nerror: every chunk of the plan was loaded, but stream target, to which 0 entries had been added before, has had 251 for 250 rows\n`)
	run(0, "--shared")
}
