package main

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResetDeletesOnlyWhatWasAgreedTo(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	args := []string{"load", "--table", "orders", "--list", "orders", "--chunk-size", "100"}
	complete(t, command(t, d.env(), args...)).want(t, 0)
	d.exec(t, "UPDATE orders SET payload = CONCAT('new ', id)")
	before := d.keys(t)

	e := complete(t, command(t, d.env(), append(args, "--reset")...))
	e.want(t, 2)
	wantMatch(t, e.stderr, `\n--reset deletes list orders with 250 elements, and the job of table \w+\.orders with 3 of 3 chunks marked\n`)
	wantLine(t, e.stderr, "error: ", `--reset asks before it deletes, .* --yes answers it`)
	if difference := cmp.Diff(before, d.keys(t)); difference != "" {
		t.Errorf("Redis was changed:\n%s", difference)
	}

	e = complete(t, command(t, d.env(), append(args, "--reset", "--yes")...))
	e.want(t, 0)
	wantMatch(t, e.stdout, `\Acomplete: 3 of 3 chunks loaded here, 250 rows `)
	elements := d.redis.LRange(t.Context(), "orders", 0, -1).Val()
	if len(elements) != 250 || strings.Contains(strings.Join(elements, ""), "row") {
		t.Errorf("%d elements, among them %s", len(elements), elements[0])
	}
	complete(t, command(t, d.env(), args...)).want(t, 0) // without --reset it is the same job
}

func TestAnAnswerIsYesOrNothingIsDeleted(t *testing.T) {
	for answer, want := range map[string]bool{"yes\n": true, "no\n": false, "y\n": false, "": false, "yes": true} {
		l := &load{s: streams{stderr: io.Discard}, asks: true, stdin: strings.NewReader(answer)}
		if err := l.confirm(t.Context()); (err == nil) != want || err != nil && exitCode(err) != 2 {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

func TestYesAnswersAQuestionThatIsAsked(t *testing.T) {
	if err := (loadCmd{ChunkSize: 1, Workers: 1, TTL: 1, addresses: addresses{RedisURL: "r", MySQLDSN: "m"}, Yes: true}).check(); err == nil || exitCode(err) != 2 {
		t.Errorf("%v", err)
	}
}
