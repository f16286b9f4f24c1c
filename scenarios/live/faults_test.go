package live_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

func TestFaultsAreSeenToTakeEffect(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Persistences()...)
	for _, c := range []struct{ name, scenario, plan, evidence string }{
		{"kill", "calm", "kill worker=* chunk=3 at=read restart=50ms", "signal: killed"},
		{"kill for good", "calm", "kill worker=* chunk=3 at=committing restart=never", "signal: killed"},
		{"kill a named worker", "calm", "kill worker=2 at=claiming restart=50ms", "signal: killed"},
		{"kill the second time", "calm", "kill worker=* chunk=3 at=claiming nth=1 restart=50ms; kill worker=* at=read nth=5 restart=50ms", "signal: killed"},
		{"pause", "calm", "pause worker=* chunk=3 at=read for=700ms", "runs again"},
		{"kill by progress", "calm", "kill worker=0 progress=1% restart=50ms; pause worker=1 at=read for=300ms", ""},
		{"lose-reply", "calm", "lose-reply worker=* chunk=3 at=committing", "withheld"},
		{"cut", "calm", "cut worker=* chunk=3 at=committing", "cut before"},
		{"half-reply", "calm", "half-reply worker=* chunk=3 at=committing", "of its reply withheld"},
		{"late-request", "calm", "late-request worker=* chunk=3 at=committing for=500ms", "500ms later and was executed"},
		{"kill-client", "calm", "kill-client worker=* chunk=3 at=read", "killed its connections"},
		{"mysql-cut", "calm", "mysql-cut worker=* chunk=3 at=reading", "SELECT"},
		{"two at one connection", "calm", "late-request worker=* chunk=3 at=committing for=700ms; cut worker=* chunk=5 at=committing", "later"},
		{"evict a lock", "calm", "evict worker=* chunk=3 at=read key=lock", "and deleted it"},
		{"evict the owners", "calm", "evict worker=* at=committed nth=5 key=owners", "and deleted it"},
		{"refuse", "calm", "refuse worker=* chunk=3 at=committing error=oom for=200ms", "was refused: OOM"},
		{"refuse as a replica", "redis-always", "refuse at=committing nth=4 error=readonly for=200ms", "was refused: READONLY"},
		{"refuse for want of replicas", "calm", "refuse worker=* chunk=3 at=committing error=noreplicas for=200ms", "was refused: NOREPLICAS"},
		{"refuse after a save that failed", "calm", "refuse worker=* chunk=3 at=committing error=misconf for=200ms", "was refused: MISCONF"},
		{"refuse with appends on disk", "redis-always", "refuse at=committing nth=4 error=misconf for=200ms; refuse at=committing nth=12 error=misconf for=200ms", "was refused: MISCONF"},
		{"refuse for want of a right", "calm", "refuse worker=* chunk=3 at=committing error=denied for=200ms", "was refused: NOPERM"},
		{"refuse while a script runs", "calm", "refuse worker=* chunk=3 at=committing error=busy for=200ms", "was refused: BUSY"},
		{"half-open", "calm", "half-open worker=* chunk=3 at=read for=700ms restart=50ms", "the servers still list its connections: Redis 2 of 2, MySQL 1 of 1"},
		{"half-open for good", "calm", "half-open worker=* request=write nth=4 for=300ms restart=never", "the servers still list its connections: Redis"},
		{"partition", "calm", "partition worker=* chunk=3 at=read for=2s", "kept back"},
		{"partition from one server", "calm", "partition worker=* chunk=3 at=claiming for=2s servers=mysql; partition worker=* request=write nth=9 for=300ms servers=redis", "kept back"},
		{"redis-kill", "redis-always", "redis-kill chunk=7 at=committing for=100ms", "run_id"},
		{"redis-power", "redis-power", "redis-power chunk=7 at=committing for=100ms", "were not synced and are gone"},
		{"failover", "failover", "failover at=committing nth=7 lag=500ms for=50ms", "that it had acknowledged"},
		{"failover with all on disk", "redis-always", "failover at=read nth=3 hold=50ms lag=500ms for=50ms", "the old primary follows it"},
		{"redis-clock", "calm", "redis-clock worker=* chunk=3 at=read by=1m", "as if the clock of Redis had jumped ahead, "},
		{"mysql-kill", "calm", "mysql-kill chunk=7 at=reading for=100ms", "server_uuid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := execution(t, "lease-lua", c.scenario, c.plan)
			switch c.name {
			case "kill a named worker", "kill by progress", "failover", "failover with all on disk": // others are at work meanwhile, or still
				e = manyChunks(e)
			case "evict a lock", "redis-clock": // the lease has not run out by itself
				e.Workload.TTL = 20 * time.Second
			}
			run := carryOut(t, w, e)
			wantVerdict(t, run, reports.Safe)
			for _, f := range run.Faults {
				if !f.Reached || !f.Confirmed || f.HealedMS < f.AtMS {
					t.Errorf("%s: %+v", f.Text, f)
				}
			}
			if !strings.Contains(run.Faults[0].Evidence, c.evidence) {
				t.Errorf("evidence %q lacks %q", run.Faults[0].Evidence, c.evidence)
			}
		})
	}
}

// The only worker sends nothing after it has let go of the last of its 20 chunks.
func TestAFaultWithoutEffectProvesNothing(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, kind := range []string{"cut", "lose-reply", "half-reply", "late-request", "mysql-cut"} {
		e := execution(t, "lease-lua", "calm", kind+" worker=0 at=released nth=20")
		e.Workload.Workers = 1
		run := carryOut(t, w, e)
		wantVerdict(t, run, reports.Inconclusive)
		if f := run.Faults[0]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, "ended before it sent") {
			t.Errorf("%+v", f)
		}
	}
}

// Nobody has a lease on a chunk before it is claimed.
func TestAnEvictionThatFindsNothingProvesNothing(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for plan, evidence := range map[string]string{
		"evict worker=* chunk=3 at=claiming key=lock":  "there was no key",
		"evict worker=* at=committed nth=5 key=owners": "there was no key", // of a strategy that keeps none
	} {
		run := carryOut(t, w, execution(t, "static", "calm", plan))
		wantVerdict(t, run, reports.Inconclusive)
		if f := run.Faults[0]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, evidence) {
			t.Errorf("%+v", f)
		}
	}
}

// The list is found to be marked with rows that were refused.
func TestARefusedPushThatIsTakenForOneIsCaught(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	run := carryOut(t, w, execution(t, "push-error-ignored", "calm", "refuse worker=* chunk=3 at=committing for=300ms"))
	if !run.Faults[0].Confirmed || run.Verdict == reports.Safe {
		t.Errorf("%s, %s; %+v", run.Verdict, run.Why, run.Faults[0])
	}
}

// Somebody else has given the server a limit: it is not overwritten.
func TestARefusalThatCannotBeTakenBackIsNotBegun(t *testing.T) {
	t.Parallel()
	script := besidesWorker1(t, `echo CONFIG SET maxmemory 900mb >&3; read -u 3 ok
echo RPUSH "$ONCEOVER_LIST" {1..1000} >&3; read -u 3 ok; [[ $ok == :1000* ]]`)
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, faults.Nothing)
	e := execution(t, scenarios.External, "calm", "refuse worker=1 progress=20%")
	e.Workload.Workers = 2
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Inconclusive)
	if f := run.Faults[0]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, "maxmemory is 943718400") {
		t.Errorf("%+v", f)
	}
}

// cancelOnceTold gives a run up when its history holds a word.
func cancelOnceTold[W ~string](ctx context.Context, cancel func(), e scenarios.Execution, word W) {
	defer cancel()
	for ctx.Err() == nil {
		if text, _ := os.ReadFile(filepath.Join(e.Folder, reports.HistoryFile)); bytes.Contains(text, []byte(`"`+word+`"`)) {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
}

// A run that is given up while Redis refuses writes leaves it as it was for the next.
func TestARefusalDoesNotOutliveItsRun(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, word := range []string{faults.OOM, faults.ReadOnly, faults.MisConf, faults.Denied, faults.Busy} {
		ctx, cancel := context.WithCancel(t.Context())
		e := execution(t, "lease-lua", "calm", "refuse worker=* chunk=3 at=committing for=10m error="+word)
		go cancelOnceTold(ctx, cancel, e, reports.WritesRefused)
		if _, err := w.Run(ctx, e); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
		wantVerdict(t, carryOut(t, w, execution(t, "lease-lua", "calm", "")), reports.Safe)
	}
}

// Two strategies meet a bitmap that is gone: one refuses to go on, and says why; the other
// takes it for a job that has just begun. A list that is gone is lost with either.
func TestWhatIsLeftOfAJobIsRefusedOrLoadedAgain(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, c := range []struct {
		strategy, plan string
		want           reports.Verdict
		why            string
	}{
		{"lease-lua", "evict worker=* at=committed nth=5 key=chunks", reports.Stuck, "an owner and no bit"},
		{"watch", "evict worker=* at=committed nth=5 key=chunks", reports.Duplicated, "in the list twice"},
		{"lost-bit-taken-for-none", "evict worker=* at=committed nth=5 key=chunks", reports.Duplicated, "in the list twice"},
		{"lease-lua", "evict-list worker=* at=committed nth=5", reports.Lost, "the chunk is marked"},
	} {
		e := execution(t, c.strategy, "calm", c.plan)
		if c.want == reports.Stuck {
			e.Workload.Deadline = 2 * time.Second
		}
		run := carryOut(t, w, e)
		if run.Verdict != c.want || !strings.Contains(run.Why, c.why) || !run.Faults[0].Confirmed {
			t.Errorf("%s under %s: %s, %s; %+v", c.strategy, c.plan, run.Verdict, run.Why, run.Faults[0])
		}
	}
}

// The signals of the harness reach a worker that has left its process group.
func TestAWorkerThatLeavesItsGroupIsHit(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{OwnWorker: []string{"env", outOfReach + "=1", os.Args[0]}}, faults.Nothing)
	for _, fault := range []string{"kill worker=0 at=read nth=3 restart=50ms", "pause worker=0 at=read nth=3 for=100ms"} {
		e := execution(t, "lease-lua", "calm", fault)
		e.Workload.Workers = 1
		run := carryOut(t, w, e)
		wantVerdict(t, run, reports.Safe)
		if f := run.Faults[0]; !f.Confirmed {
			t.Errorf("%+v, %d rows arrived", f, run.Rows.List)
		}
	}
}

// The engine refuses to kill the servers, which go on.
func TestAServerThatSurvivesProvesNothing(t *testing.T) {
	serverstest.RedisOptions(t) // by now the library that starts containers knows the engine itself
	refuseKills(t)
	w := openOwn(t, live.Options{}, faults.Always)
	for _, fault := range []string{"redis-kill chunk=7 at=committing for=100ms", "mysql-kill chunk=7 at=reading for=100ms"} {
		run := carryOut(t, w, execution(t, "lease-lua", "redis-always", fault))
		wantVerdict(t, run, reports.Inconclusive)
		if f := run.Faults[0]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, "not today") || run.Rows.List != 1000 {
			t.Errorf("%+v, %d rows arrived", f, run.Rows.List)
		}
	}
}

// refuseKills puts a proxy in front of the engine that the test dials.
func refuseKills(t *testing.T) {
	network, address, _ := strings.Cut(cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock"), "://")
	engine := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", "engine" },
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		}},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasSuffix(q.URL.Path, "/kill") {
			http.Error(w, `{"message":"not today"}`, http.StatusForbidden)
			return
		}
		engine.ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_HOST", "tcp://"+server.Listener.Addr().String())
}

// One worker moves all rows, and the other, at whose connections the fault is
// injected then, has none.
func TestAWorkerWithoutConnectionsIsNotKilledOff(t *testing.T) {
	t.Parallel()
	script := besidesWorker1(t, `echo RPUSH "$ONCEOVER_LIST" {1..1000} >&3; read -u 3 ok; [[ $ok == :1000* ]]`)
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, faults.Nothing)
	for plan, evidence := range map[string]string{
		"kill-client worker=1 progress=20%":             "no connection",
		"half-open worker=1 progress=20% restart=never": "no connection",
		"partition worker=1 progress=20% for=100ms":     "nothing came",
	} {
		e := execution(t, scenarios.External, "calm", plan)
		e.Workload.Workers = 2
		run := carryOut(t, w, e)
		wantVerdict(t, run, reports.Inconclusive)
		if f := run.Faults[0]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, evidence) {
			t.Errorf("%+v", f)
		}
	}
}

func TestANewKindOfFaultNeedsItsValueAndItsInjector(t *testing.T) {
	w := openWorld(t, live.Options{}, faults.Nothing)
	defer live.AddLatency()()
	e := execution(t, "lease-lua", "calm", "latency worker=* chunk=3 at=committing for=150ms")
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Safe)
	f := run.Faults[0]
	if !f.Confirmed || f.HealedMS-f.AtMS < 150 || !strings.Contains(f.Evidence, "kept back; and was sent") {
		t.Errorf("%+v", f)
	}
	var phases []string
	for _, event := range history(t, e) {
		if event.Fault != nil && event.Fault.Kind == "latency" {
			phases = append(phases, string(event.Fault.Phase))
		}
	}
	if want := []string{"struck", "seen", "healed"}; !slices.Equal(phases, want) {
		t.Errorf("it is %v, want %v", phases, want)
	}
}

func TestAFaultThatIsNeverReachedProvesNothing(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	run := carryOut(t, w, execution(t, "lease-lua", "calm", "kill chunk=999 at=read"))
	wantVerdict(t, run, reports.Inconclusive)
	if run.Faults[0].Reached {
		t.Error("a position that does not exist was reached")
	}
}

func TestTheKnownBadAreCaught(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, c := range []struct {
		strategy, plan string
		want           reports.Verdict
	}{
		{"none", "", reports.Duplicated},
		{"bitmap", "pause worker=* chunk=3 at=read for=3s", reports.Duplicated},
		{"set-nx", "pause worker=* chunk=3 at=read for=3s", reports.Duplicated},
		{"connection-name", "kill worker=* chunk=3 at=read hold=2s restart=never", reports.Lost},
	} {
		t.Run(c.strategy, func(t *testing.T) {
			run := carryOut(t, w, execution(t, c.strategy, "calm", c.plan))
			wantVerdict(t, run, c.want)
			if len(run.Witnesses) == 0 {
				t.Error("no witness")
			}
		})
	}
}

func TestConsumersAreCounted(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Always)
	e := execution(t, "lease-lua", "redis-always", "redis-kill chunk=7 at=committing for=100ms")
	e.Workload.Consumers = 2
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Safe)
	if run.Rows.Popped == 0 {
		t.Error("nothing was popped")
	}
}

func TestARunLeavesItsStory(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	e := execution(t, "lease-lua", "calm", "kill worker=* chunk=3 at=read restart=50ms")
	carryOut(t, w, e)
	f, err := os.Open(filepath.Join(e.Folder, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	events, err := reports.ReadHistory(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reports.EventKind]int{}
	for _, event := range events {
		seen[event.Kind]++
	}
	for _, kind := range []reports.EventKind{reports.EventRun, reports.EventWorker, reports.EventStep, reports.EventFault, reports.EventCheck} {
		if seen[kind] == 0 {
			t.Errorf("no event of kind %s in %v", kind, seen)
		}
	}
}

func TestAJobThatCannotEndIsStuck(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{Worker: []string{"sleep", "1000"}}, faults.Nothing)
	e := execution(t, "worker-cmd", "calm", "")
	e.Workload.Deadline = 300 * time.Millisecond
	run := carryOut(t, w, e)
	if run.Verdict == reports.Safe {
		t.Errorf("safe: %s", run.Why)
	}
}

// Whoever was stopped at the deadline has not said that nothing was left, even if
// others had.
func TestAWorkerThatHangsIsNotDone(t *testing.T) {
	t.Parallel()
	loader := serverstest.Python(t) + " ../worker/examples/loader.py"
	for name, first := range map[string]string{"nothing is loaded": "exit 0", "all is loaded": "exec " + loader} {
		script := "if [ $ONCEOVER_WORKER = 0 ]; then " + first + "; fi; exec sleep 1000"
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openWorld(t, live.Options{Worker: []string{"sh", "-c", script}}, faults.Nothing)
			e := execution(t, scenarios.External, "calm", "")
			e.Workload.Deadline = 2 * time.Second
			run := carryOut(t, w, e)
			if run.Verdict != reports.Stuck || len(run.Found()) != 1 {
				t.Errorf("%v, want stuck alone: %s", run.Found(), run.Why)
			}
		})
	}
}

func TestAnInterruptedRunIsNoResult(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, plan := range []string{"pause worker=* chunk=3 at=read for=1m", "partition worker=* chunk=3 at=read for=1m", "half-open worker=* chunk=3 at=read for=1m"} {
		ctx, cancel := context.WithCancel(t.Context())
		e := execution(t, "lease-lua", "calm", plan)
		go cancelOnceTold(ctx, cancel, e, reports.FaultSeen)
		if _, err := w.Run(ctx, e); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "did not end") {
			t.Errorf("%s: error %v, want context.Canceled alone", plan, err)
		}
	}
}
