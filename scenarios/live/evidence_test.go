package live_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/metric"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

func history(t *testing.T, e scenarios.Execution) []reports.Event {
	t.Helper()
	f, err := os.Open(filepath.Join(e.Folder, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	events, err := reports.ReadHistory(f)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestARunTellsItsCost(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	e := execution(t, "lease-lua", "calm", "")
	e.Workload.KeyLayout, e.Workload.Workers = scenarios.Gaps, 1
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Safe)
	c := run.Cost
	if c == nil || c.Missing != "" || c.RowsRead == nil || c.RedisCommands == nil || c.RedisCPUMS == nil {
		t.Fatalf("%+v", c)
	}
	if *c.RowsRead != 1000 || *c.RowsSent != 1000 {
		t.Errorf("one worker alone read %d and sent %d of 1000 rows", *c.RowsRead, *c.RowsSent)
	}
	// At least lease and commit of each chunk; each runs some commands inside.
	if n := *c.RedisCommands; n < int64(4*c.Chunks) || n > int64(20*c.Chunks) || *c.RedisCPUMS <= 0 {
		t.Errorf("%d commands and %v ms for %d chunks", n, *c.RedisCPUMS, c.Chunks)
	}
}

func TestWhatIsNotKnownOfACostIsLeftOut(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing, faults.Always)
	for why, change := range map[string]func(*scenarios.Execution){
		"started anew":     func(*scenarios.Execution) {},
		"consumers popped": func(e *scenarios.Execution) { e.Workload.Consumers = 1 },
	} {
		e := execution(t, "lease-lua", "redis-always", "redis-kill chunk=7 at=committing for=100ms")
		change(&e)
		c := carryOut(t, w, e).Cost
		if c.RedisCommands != nil || c.RedisCPUMS != nil || c.RowsRead == nil || !strings.Contains(c.Missing, why) {
			t.Errorf("%s: %+v", why, c)
		}
	}
	e := execution(t, "lease-lua", "calm", "kill worker=1 progress=30% restart=50ms")
	if c := carryOut(t, w, e).Cost; c.RedisCommands == nil || c.RedisCPUMS != nil {
		t.Errorf("a plan by progress: %+v", c)
	}
}

func TestTheCostOfForeignWorkersHasNoRows(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{Worker: []string{"true"}}, faults.Nothing)
	c := carryOut(t, w, execution(t, scenarios.External, "calm", "")).Cost
	if c.RowsRead != nil || c.RowsSent != nil || !strings.Contains(c.Missing, "no steps") || c.RedisCommands == nil || *c.RedisCommands != 0 {
		t.Errorf("%+v", c)
	}
	if v, missing := metric.InVain.Of(reports.Run{Rows: reports.RowCounts{Table: 1000}, Cost: c}); missing == "" {
		t.Errorf("%v rows in vain seem known", v)
	}
}

func TestTheUsersServerIsNotMeasured(t *testing.T) {
	options := serverstest.RedisOptions(t)
	w := openOwn(t, live.Options{Redis: options, MySQL: serverstest.MySQLConfig(t)}, faults.Nothing)
	c := carryOut(t, w, execution(t, "lease-lua", "calm", "")).Cost
	if c.RedisCommands != nil || c.RowsRead == nil || !strings.Contains(c.Missing, "not started here") {
		t.Errorf("%+v", c)
	}
}

func TestARunTellsHowItRecovers(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing, faults.Always)
	for _, c := range []struct {
		strategy, scenario, plan string
		took, censored           int
		atLeast                  float64 // ms
	}{
		{"lease-lua", "calm", "kill worker=* chunk=3 at=read restart=50ms", 1, 0, 50},
		{"lease-lua", "calm", "kill worker=* chunk=3 at=released restart=50ms", 0, 0, 0},
		{"lease-lua", "calm", "pause worker=* chunk=3 at=read for=2500ms", 1, 0, 100}, // when the lease is over
		{"lease-lua", "calm", "lose-reply worker=* chunk=3 at=committing", 1, 0, 0},
		{"lease-lua", "redis-always", "redis-kill chunk=7 at=committing for=300ms", 1, 0, 300},
		{"lease-lua", "calm", "mysql-kill chunk=7 at=reading for=300ms", 1, 0, 300},
		{"lease-lua", "calm", "kill chunk=999 at=read", 0, 0, 0},
		{"connection-name", "calm", "kill worker=* chunk=3 at=read hold=2s restart=never", 0, 1, 0},
	} {
		e := execution(t, c.strategy, c.scenario, c.plan)
		e.Workload.TTL = time.Second
		run := carryOut(t, w, e)
		if len(run.RecoveryMS) != c.took || len(run.CensoredMS) != c.censored {
			t.Errorf("%s, %s: it took %v, never %v", c.strategy, c.plan, run.RecoveryMS, run.CensoredMS)
		}
		for _, ms := range append(run.RecoveryMS, run.CensoredMS...) {
			if ms < c.atLeast || ms > float64(run.DurationMS)+1 {
				t.Errorf("%s, %s: %v ms of %d ms", c.strategy, c.plan, ms, run.DurationMS)
			}
		}
	}
}

func TestAHistoryNamesRowsVictimsAndServers(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Always)
	e := execution(t, "lease-lua", "redis-always", "kill worker=* chunk=3 at=read restart=50ms; redis-kill chunk=7 at=committing for=100ms")
	carryOut(t, w, e)
	var struck, seen, healed, gone, back, committed int64
	for _, event := range history(t, e) {
		switch {
		case event.Step == "committed":
			if committed++; event.Rows != 50 {
				t.Errorf("a chunk of 50 rows: %+v", event)
			}
		case event.Step == "claimed" && event.Rows != 0:
			t.Errorf("rows of a chunk that nobody has read: %+v", event)
		case event.Server == "redis" && event.Change == reports.ServerGone:
			gone++
		case event.Server == "redis" && event.Change == reports.ServerBack:
			back++
		case event.Fault == nil:
		case event.Fault.Index == 1 && event.Worker >= 0:
			t.Errorf("the death of a server struck a worker: %+v", event)
		case event.Fault.Index == 0 && (event.Chunk != 3 || event.Worker < 0 || event.Fault.Step != "read"):
			t.Errorf("it is not said where the fault struck: %+v", event)
		case event.Fault.Index == 0 && event.Fault.Phase == reports.FaultInjected:
			struck++
		case event.Fault.Index == 0 && event.Fault.Phase == reports.FaultSeen && event.Fault.Effect == reports.WorkerDies:
			seen++
		case event.Fault.Index == 0 && event.Fault.Phase == reports.FaultHealed:
			healed++
		}
	}
	if struck != 1 || seen != 1 || healed != 1 || gone != 1 || back != 1 || committed == 0 {
		t.Errorf("struck %d, seen %d, gone %d, back %d times, %d commits", struck, seen, gone, back, committed)
	}
}
