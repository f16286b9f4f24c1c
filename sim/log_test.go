package sim

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

// violation is a schedule in which the published scheme loads a row twice.
func violation(t testing.TB) (*Scene, Log) {
	t.Helper()
	setup := full(lock.ConnectionName, 2, 2)
	setup.Budget = faults.Budget{faults.Crash: 1, faults.LoseReply: 1}
	scene := prepared(t, setup)
	m := scene.Cache()
	for seed := range uint64(1000) {
		run, err := m.Run(randomly(seed), false)
		if err != nil {
			t.Fatal(err)
		}
		if run.Verdict == reports.Duplicated {
			return scene, scene.Log(run)
		}
	}
	t.Fatal("there is no violation in 1000 schedules")
	return nil, Log{}
}

func TestAStoredLogRepeatsTheViolationEveryTime(t *testing.T) {
	scene, log := violation(t)
	var file bytes.Buffer
	if err := log.Write(&file); err != nil {
		t.Fatal(err)
	}
	stored, err := ReadLog(&file)
	if err != nil {
		t.Fatal(err)
	}
	setup := stored.Setup
	setup.Program = Loader(lock.ConnectionName)
	again := prepared(t, setup)
	first, err := scene.Replay(log, true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		run, err := again.Replay(stored, true)
		if err != nil {
			t.Fatalf("time %d: %v", i+1, err)
		}
		if d := cmp.Diff(first, run); d != "" {
			t.Fatalf("time %d: %s", i+1, d)
		}
	}
}

func TestAReplayThatGoesAnotherWaySaysWhere(t *testing.T) {
	scene, good := violation(t)
	last := len(good.Events) - 1
	for name, c := range map[string]struct {
		spoil func(*Log)
		want  string
	}{
		"an event that cannot happen": {func(l *Log) { l.Events[1] = EventID{7, 1, Deliver} }, "at event 2: expected w7:1:deliver, offered "},
		"too few events":              {func(l *Log) { l.Events = l.Events[:last] }, "after its last event"},
		"another verdict":             {func(l *Log) { l.Verdict = reports.Lost }, "it ended duplicated"},
		"too many events":             {func(l *Log) { l.Events = append(l.Events, EventID{0, 99, Deliver}) }, "it ended after"},
	} {
		l := good
		l.Events = append([]EventID{}, good.Events...)
		c.spoil(&l)
		_, err := scene.Replay(l, false)
		if !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestLogsAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Log{
			Setup: Setup{
				Name: rapid.String().Draw(t, "name"), Workers: rapid.IntRange(1, 9).Draw(t, "workers"),
				Budget: faults.Budget{faults.Pause: rapid.IntRange(1, 3).Draw(t, "pauses")}, Persistence: faults.Always,
			},
			Finding: Finding{rapid.SampledFrom(reports.Verdicts()).Draw(t, "verdict"), rapid.Int64().Draw(t, "row"), rapid.String().Draw(t, "why")},
		}
		for range rapid.IntRange(0, 5).Draw(t, "events") {
			want.Events = append(want.Events, EventID{rapid.IntRange(nobody, 3).Draw(t, "worker"), rapid.IntRange(0, 9).Draw(t, "ord"), rapid.SampledFrom(EventKinds()).Draw(t, "kind")})
		}
		var file bytes.Buffer
		if err := want.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := ReadLog(&file)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
	})
}

func TestBadLogsAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, why string }{
		"empty":          {"", "it ends too early"},
		"no JSON":        {"hello\n", "invalid character"},
		"another format": {`{"seq":1}` + "\n", "it is of version 0, this program reads version 2"},
		"an earlier one": {`{"onceover_schedule":1,"setup":{"budget":{"crashes":1}},"events":0}` + "\n", "it is of version 1, this program reads version 2; explore again"},
		"a later one":    {`{"onceover_schedule":3,"setup":7}` + "\n", "it is of version 3, this program reads version 2"},
		"a bad budget":   {`{"onceover_schedule":2,"setup":{"budget":"earthquake x1"},"events":0}` + "\n", `unknown fault "earthquake"`},
		"cut short":      {`{"onceover_schedule":2,"events":2}` + "\n" + `{"event":"w0:0:deliver"}` + "\n", "it ends too early"},
		"a bad event":    {`{"onceover_schedule":2,"events":1}` + "\n" + `{"event":"w0:0:explode"}` + "\n", "explode"},
		"too long":       {`{"onceover_schedule":2,"events":0}` + "\n" + `{"event":"w0:0:deliver"}` + "\n", "more after the last of 0 events"},
	} {
		if l, err := ReadLog(strings.NewReader(c.text)); !errors.Is(err, ErrLog) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %+v, %v; want %s", name, l, err, c.why)
		}
	}
}

func FuzzReadLog(f *testing.F) {
	f.Add([]byte(`{"onceover_schedule":2,"setup":{"program":"none"},"verdict":"lost","events":1}` + "\n" + `{"event":"-:0:pause"}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ReadLog(bytes.NewReader(text))
		if err != nil {
			return
		}
		var file bytes.Buffer
		if err := l.Write(&file); err != nil {
			t.Fatal(err)
		}
		again, err := ReadLog(&file)
		if d := cmp.Diff(l, again, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Program" }, cmp.Ignore())); err != nil || d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
	})
}

func TestATolerantReplaySkipsWhatDoesNotFit(t *testing.T) {
	scene, log := violation(t)
	events := append([]EventID{{9, 9, kind("crash-before")}}, log.Events...)
	run, err := scene.Cache().Run(Tolerant(events), false)
	if err != nil || run.Verdict != reports.Duplicated {
		t.Errorf("%s, %v", run.Verdict, err)
	}
	run, err = scene.Cache().Run(Tolerant(nil), false)
	if err != nil || run.Verdict != reports.Safe {
		t.Errorf("nothing to follow: %s, %v", run.Verdict, err)
	}
}
