package worker

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onceover/loader"
)

// environ reads variables as a process would.
func environ(variables []string) func(string) string {
	return func(name string) string {
		for _, v := range variables {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value
			}
		}
		return ""
	}
}

var whole = Contract{
	RedisURL: "redis://127.0.0.1:6379/0", LockURLs: "redis://127.0.0.1:6380/0,redis://127.0.0.1:6381/0",
	MySQL: MySQL{Host: "127.0.0.1", Port: 3306, User: "root", Password: "p@ss/w=rd", Database: "shop"},
	Table: "items", List: "rows", ChunkSize: 50, Chunks: 80, Worker: 3, Workers: 8, Run: "r1",
}

func TestTheContractComesBackFromTheEnvironment(t *testing.T) {
	got, err := FromEnv(environ(whole.Env()))
	if err != nil || got != whole {
		t.Errorf("%+v, %v", got, err)
	}
	own := Own{Strategy: "set-nx", TTL: time.Second, Seed: 7, Life: 2, Stops: "read:5", Piped: true}
	if got, err := OwnFromEnv(environ(own.Env())); err != nil || got != own {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAPasswordIsEscapedInTheURL(t *testing.T) {
	if got := whole.MySQL.URL(); got != "mysql://root:p%40ss%2Fw=rd@127.0.0.1:3306/shop" {
		t.Error(got)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for _, name := range []string{"REDIS_URL", "MYSQL_HOST", "MYSQL_PORT", "ONCEOVER_TABLE", "ONCEOVER_CHUNKS", "ONCEOVER_RUN"} {
		env := environ(whole.Env())
		_, err := FromEnv(func(n string) string {
			if n == name {
				return ""
			}
			return env(n)
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if _, err := OwnFromEnv(environ([]string{"ONCEOVER_TTL=soon"})); err == nil || !strings.Contains(err.Error(), "ONCEOVER_TTL") {
		t.Errorf("%v", err)
	}
}

func TestReportsAndStopsParseBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom(loader.Steps())
		chunk := rapid.IntRange(-1, 1000)
		r := Report{step.Draw(t, "step"), chunk.Draw(t, "chunk"), rapid.Bool().Draw(t, "waits")}
		if got, err := ParseReport(r.String()); err != nil || got != r {
			t.Fatalf("%v became %v, %v", r, got, err)
		}
		stops := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Stop { return Stop{step.Draw(t, "step"), chunk.Draw(t, "chunk")} })).Draw(t, "stops")
		got, err := ParseStops(FormatStops(stops))
		if err != nil || len(got) != len(stops) {
			t.Fatalf("%v became %v, %v", stops, got, err)
		}
		for i := range stops {
			if got[i] != stops[i] {
				t.Fatalf("%v became %v", stops, got)
			}
		}
	})
}

func TestReportsThatAreNoneAreRefused(t *testing.T) {
	for _, line := range []string{"", "read", "eating 5", "read five", "read 5 sleeps", "read 5 waits now"} {
		if r, err := ParseReport(line); err == nil {
			t.Errorf("%q became %v", line, r)
		}
	}
	for _, text := range []string{"read", "read:x", "eating:5"} {
		if s, err := ParseStops(text); err == nil {
			t.Errorf("%q became %v", text, s)
		}
	}
}

// A worker goes on at once where nobody waits for it, waits for one byte at a
// stop, and is kept by nobody when the harness is gone.
func TestAWorkerWaitsAtItsStops(t *testing.T) {
	var reports strings.Builder
	permits := strings.NewReader("\n")
	h := hook(&reports, permits, []Stop{{loader.Read, 5}})
	h(t.Context(), loader.Read, 4)
	if permits.Len() != 1 {
		t.Error("it waited where it need not")
	}
	h(t.Context(), loader.Read, 5)
	if permits.Len() != 0 {
		t.Error("it did not wait at its stop")
	}
	h(t.Context(), loader.Read, 5) // at the end of the permits: the harness is gone
	if want := "read 4\nread 5 waits\nread 5 waits\n"; reports.String() != want {
		t.Errorf("%q, want %q", reports.String(), want)
	}
}
