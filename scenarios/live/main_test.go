package live_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// asWorker makes the test program be a worker of the world under test.
const asWorker = "ONCEOVER_TEST_AS_WORKER"

// outOfReach makes that worker leave the process group that the harness gave it.
const outOfReach = "ONCEOVER_TEST_OUT_OF_REACH"

func leaveGroup() {
	group, err := syscall.Getpgid(os.Getppid())
	if err == nil {
		err = syscall.Setpgid(0, group)
	}
	if err != nil {
		panic(err)
	}
}

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) != "" {
		if os.Getenv(outOfReach) != "" {
			leaveGroup()
		}
		if _, err := worker.Run(context.Background(), os.Getenv, findStrategy); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Setenv(asWorker, "1")
	flag.Parse()
	// A case is a run on real servers and takes about a second.
	if given := flag.Lookup("rapid.checks"); given.Value.String() == given.DefValue {
		_ = given.Value.Set("12")
	}
	if given := flag.Lookup("test.parallel"); given.Value.String() == given.DefValue {
		_ = given.Value.Set(strconv.Itoa(atOnce))
	}
	code := serverstest.Main(m)
	if err := closeShared(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func execution(t testing.TB, strategy, scenario, plan string) scenarios.Execution {
	t.Helper()
	s, ok := scenarios.Find(scenario)
	if !ok {
		t.Fatalf("no scenario %s", scenario)
	}
	p, err := faults.Parse(plan)
	if err != nil {
		t.Fatal(err)
	}
	return scenarios.Execution{
		Strategy: strategy, Scenario: s, Plan: p, Seed: 1, Folder: t.(*testing.T).TempDir(),
		Workload: scenarios.Workload{
			Rows: 1000, KeyLayout: scenarios.Dense, ChunkSize: 50, Workers: 4,
			TTL: 300 * 1e6, Deadline: 10 * 1e9,
		},
	}
}

func carryOut(t *testing.T, w *live.World, e scenarios.Execution) reports.Run {
	t.Helper()
	run, err := w.Run(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func wantVerdict(t *testing.T, run reports.Run, want reports.Verdict) {
	t.Helper()
	if run.Verdict != want {
		t.Errorf("verdict %s, want %s: %s\n%s", run.Verdict, want, run.Why, cmp.Diff([]reports.Fault{}, run.Faults))
	}
}

// besidesWorker1 is a script of bash that worker 0 carries out with a connection to Redis, 3. When
// it is through, worker 1 has done nothing, and lives for three seconds more.
func besidesWorker1(t *testing.T, script string) string {
	t.Helper()
	return strings.ReplaceAll(`if [ $ONCEOVER_WORKER = 1 ]; then until [ -e DIR/$ONCEOVER_RUN ]; do sleep 0.02; done; exec sleep 3; fi
exec 3<>/dev/tcp/${REDIS_URL:8:9}/${REDIS_URL:18:5}; `+script+` && : > DIR/$ONCEOVER_RUN`, "DIR", t.TempDir())
}
