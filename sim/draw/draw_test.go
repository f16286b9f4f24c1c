package draw

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/palette"
	"onceover/sim"
	"onceover/sim/shrink"
)

var update = flag.Bool("update", false, "write the golden files anew")

func id(text string) sim.EventID {
	e, err := sim.ParseEventID(text)
	if err != nil {
		panic(err)
	}
	return e
}

// replayed is a schedule of two workers, given as events.
func replayed(t *testing.T, strategy lock.Strategy, budget faults.Budget, events string) Case {
	t.Helper()
	scene, err := sim.Prepare(sim.Setup{
		Name: strategy.Name, Program: sim.Bare(strategy), Workers: 2, Chunks: 1, Rows: 1, Budget: budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	var log []sim.EventID
	for _, e := range strings.Fields(events) {
		log = append(log, id(e))
	}
	run, err := scene.Run(sim.Tolerant(log), true)
	if err != nil {
		t.Fatal(err)
	}
	return Case{Setup: scene.Setup, Run: run}
}

// sleeping leases a chunk by a script that says what it does.
var sleeping = lock.Strategy{
	Name: "sleeping",
	Open: func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
			lease := redis.NewScript("-- Take a lease.\nreturn redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])")
			err := lease.Run(ctx, env.Redis, []string{env.Keys.Lock(chunk)}, env.Token, env.TTL.Milliseconds()).Err()
			if errors.Is(err, redis.Nil) {
				return nil, lock.ErrHeld
			}
			return claim{env, chunk}, err
		}), nil
	},
}

type claim struct {
	env   lock.Env
	chunk int
}

func (c claim) Chunk() int { return c.chunk }

func (c claim) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	args := make([]any, len(elements))
	for i, e := range elements {
		args[i] = e
	}
	_, err := c.env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.RPush(ctx, c.env.Keys.List, args...)
		tx.SetBit(ctx, c.env.Keys.Chunks, int64(c.chunk), 1)
		return nil
	})
	return lock.Committed, err
}

func (c claim) Release(context.Context) error { return nil }

func cases(t *testing.T) map[string]Case {
	duplicated := replayed(t, lock.ConnectionName, faults.Budget{},
		"w0:0:deliver w1:0:deliver w1:1:deliver w1:2:deliver w0:1:deliver w0:2:deliver")
	duplicated.Passing = &shrink.Neighbour{Event: 0, After: 3}
	return map[string]Case{
		"duplicated": duplicated,
		"lost": replayed(t, lock.ConnectionName, faults.Budget{faults.Crash: 1},
			"w0:0:deliver w0:1:deliver w1:0:deliver w1:1:deliver w1:2:deliver w0:2:crash-before"),
		"restart": replayed(t, lock.BitmapOnly, faults.Budget{faults.Kill: 1, faults.LoseReply: 1},
			"w0:0:deliver w0:1:deliver w1:0:deliver w0:2:lose-reply w1:1:kill-before"),
		"late": replayed(t, lock.ConnectionName, faults.Budget{faults.LateRequest: 1, faults.RedisKill: 1},
			"w0:0:deliver w0:1:late-request w1:0:deliver -:0:redis-kill"),
		"lease": replayed(t, sleeping, faults.Budget{faults.Pause: 1}, "w0:0:deliver w0:1:deliver w1:0:deliver -:0:pause"),
	}
}

func TestDrawings(t *testing.T) {
	for name, c := range cases(t) {
		for kind, draw := range map[string]func(io.Writer, Case) error{
			"txt":     func(w io.Writer, c Case) error { return Terminal(w, c, Options{}) },
			"80.txt":  func(w io.Writer, c Case) error { return Terminal(w, c, Options{Width: 80}) },
			"mermaid": Mermaid,
		} {
			var got bytes.Buffer
			if err := draw(&got, c); err != nil {
				t.Fatal(err)
			}
			golden(t, name+"."+kind, got.Bytes())
		}
		text, err := json.MarshalIndent(Report(c), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".report.json", append(text, '\n'))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: %s", name, d)
	}
}

func TestAPictureIsNoWiderThanItMayBe(t *testing.T) {
	for name, c := range cases(t) {
		for _, width := range []int{80, 100, 120} {
			var out bytes.Buffer
			if err := Terminal(&out, c, Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			picture, _, _ := strings.Cut(out.String(), "\n\n")
			for line := range strings.Lines(picture) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%s: a line of %d columns where there are %d: %s", name, n, width, line)
				}
			}
		}
	}
}

func TestAFailedWriteIsShownAndItsErrorExplained(t *testing.T) {
	scene, err := sim.Prepare(sim.Setup{
		Name: "set-nx", Program: sim.Loader(lock.SetNX), Workers: 1, Chunks: 2, Rows: 1,
		Persistence: faults.EverySec, Budget: faults.Budget{faults.RedisPower: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := scene.Run(sim.Tolerant([]sim.EventID{id("-:0:redis-power")}), true)
	if err != nil {
		t.Fatal(err)
	}
	c := Case{Setup: scene.Setup, Run: run}
	var out bytes.Buffer
	if err := Terminal(&out, c, Options{}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"cannot send MULTI{LPUSH rows row:1; SETBIT chunks 0 1}: broken pipe", "fails: cannot reach Redis: commit chunk 0: write tcp: broken pipe",
		"is sent once more and answered in step 7; its client reports the first error all the same", "-NOSCRIPT No matching script. Please use EVAL.",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "| ", ""), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}

func TestNothingIsCutOff(t *testing.T) {
	for name, c := range cases(t) {
		for _, width := range []int{60, 80, 0} {
			var out bytes.Buffer
			if err := Terminal(&out, c, Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			picture, _, _ := strings.Cut(out.String(), "\n\n")
			if strings.Contains(picture, "…") {
				t.Errorf("%s, %d columns: something is cut off:\n%s", name, width, picture)
			}
		}
	}
}

func TestALongTextGoesOnBelow(t *testing.T) {
	for text, want := range map[string][]string{
		"GET chunks": {"GET chunks"},
		"MULTI{CLIENT LIST; CLIENT SETNAME chunk_0}": {"MULTI{CLIENT LIST;", "CLIENT SETNAME chunk_0}"},
		"a lot of words and none of them long":       {"a lot of words and none", "of them long"},
		strings.Repeat("0123456789", 4):              {"0123456789012345678901234", "567890123456789"},
		"":                                           {""},
	} {
		if d := cmp.Diff(want, wrap(text, 25)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

func TestColourIsOnlyWhereItIsAskedFor(t *testing.T) {
	c := cases(t)["duplicated"]
	for _, color := range []bool{false, true} {
		var out bytes.Buffer
		if err := Terminal(&out, c, Options{Color: color}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "\x1b["); got != color {
			t.Errorf("colour asked for %t, used %t", color, got)
		}
	}
}

func TestJSONHoldsEveryStep(t *testing.T) {
	c := cases(t)["lost"]
	var out bytes.Buffer
	if err := JSON(&out, c); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Steps) != len(c.Run.Trace) || d.Verdict != reports.Lost || d.Row != 1 || d.Sentence == "" {
		t.Errorf("%d steps of %d, %s of row %d: %s", len(d.Steps), len(c.Run.Trace), d.Verdict, d.Row, d.Sentence)
	}
}

func TestAVerdictHasItsColour(t *testing.T) {
	for name, c := range cases(t) {
		var out bytes.Buffer
		if err := Terminal(&out, c, Options{Color: true}); err != nil {
			t.Fatal(err)
		}
		if want := palette.Of(c.Run.Verdict).Sequence() + strings.ToUpper(string(c.Run.Verdict)); !strings.Contains(out.String(), want) {
			t.Errorf("%s: %q is not in\n%q", name, want, out.String())
		}
	}
}
