package lockstep_test

import (
	"database/sql"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// leased takes a lease for each chunk, and its commit does not ask who holds it: wrong.
func (j job) leased() {
	for left := true; left; {
		left = false
		for chunk := range j.Chunks {
			if must(j.redis.GetBit(j.ctx, j.List+":done", int64(chunk)).Result()) == 1 {
				continue
			}
			lock := fmt.Sprint(j.List, ":lock:", chunk)
			if !must(j.redis.SetNX(j.ctx, lock, j.Worker, time.Second).Result()) {
				left = true
				continue
			}
			if must(j.redis.GetBit(j.ctx, j.List+":done", int64(chunk)).Result()) == 0 {
				must(j.redis.Eval(j.ctx, push, []string{j.List, j.List + ":done"}, append([]any{chunk}, j.rows(chunk)...)...).Result())
			}
			must(j.redis.Del(j.ctx, lock).Result())
		}
	}
}

var push = strings.TrimPrefix(commit, "\n"+`if redis.call("GETBIT", KEYS[2], ARGV[1]) == 1 then return 0 end`)

// longLeased is leased, with a lease that no pause outlasts.
func (j job) longLeased() {
	must(j.redis.Set(j.ctx, j.List+":job", j.Worker, time.Hour).Result())
	j.conditional()
}

// careless commits conditionally, and takes a result that breaks off for one that ends: wrong.
func (j job) careless() { j.fromTable(false) }

// careful asks how the result has ended, and begins again: right.
func (j job) careful() { j.fromTable(true) }

func (j job) fromTable(asks bool) {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(j.MySQL.Host, strconv.Itoa(j.MySQL.Port))
	cfg.User, cfg.Passwd, cfg.DBName = j.MySQL.User, j.MySQL.Password, j.MySQL.Database
	db := must(sql.Open("mysql", cfg.FormatDSN()))
	for chunk := range j.Chunks {
		args := []any{chunk}
		rows := must(db.Query(fmt.Sprintf("SELECT id FROM %s WHERE id > %d AND id <= %d", j.Table, chunk*j.ChunkSize, (chunk+1)*j.ChunkSize)))
		for rows.Next() {
			var id int64
			if rows.Scan(&id) == nil {
				args = append(args, fmt.Sprintf(`{"id":%d,"payload":%q}`, id, scenarios.Payload(id)))
			}
		}
		if asks {
			must(0, rows.Err())
		}
		must(j.redis.Eval(j.ctx, commit, []string{j.List, j.List + ":done"}, args...).Result())
	}
}

// A lease that runs out while its holder waits is taken by somebody else, and both commit.
func TestAPauseOutlastsLeases(t *testing.T) {
	w := onRedis(t, "leased")
	found := explore(t, w, lockstep.Search{Seed: 4, Budget: faults.Budget{faults.Pause: 1}, Runs: 300}).Of(reports.Duplicated)
	if found == nil {
		t.Fatal("no row was duplicated")
	}
	if err := w.Shrink(t.Context(), found, 2*time.Second); err != nil {
		t.Fatal(err)
	}
	if found.Diverged != nil || found.Used[faults.Pause] != 1 {
		t.Errorf("%v, %v", found.Used, found.Diverged)
	}
	if _, err := w.Replay(t.Context(), stored(t, found.Log)); err != nil {
		t.Error(err)
	}
	var told string
	for _, step := range found.Trace {
		told += step.Text + "\n"
	}
	if !strings.Contains(told, "time passes, rows:lock:") {
		t.Error(told)
	}
}

// Nothing is said of leases that are too long to be waited for, except that.
func TestALeaseThatNoPauseOutlastsIsTold(t *testing.T) {
	w := onRedis(t, "long-leased")
	out := explore(t, w, lockstep.Search{Seed: 1, Budget: faults.Budget{faults.Pause: 1}, Runs: 4})
	if out.Longer < time.Minute || out.Faulty != 0 {
		t.Errorf("leases of %v, %d schedules with a pause", out.Longer, out.Faulty)
	}
}

// The two examples in Go look alike, and only one of them asks at its commit whether it may.
func TestTheExamplesInGo(t *testing.T) {
	for example, want := range map[string]reports.Verdict{"lease": reports.Duplicated, "conditional": ""} {
		t.Run(example, func(t *testing.T) {
			w := openLive(t, exampleInGo(t, example))
			s := lockstep.Search{Seed: 1, Budget: faults.Budget{faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1, faults.MySQLCut: 1, faults.Pause: 1}, Runs: 8}
			if want != "" {
				s.Budget, s.Runs = faults.Budget{faults.Pause: 1}, 100
			}
			out := explore(t, w, s)
			switch found := out.Of(reports.Duplicated); {
			case want == "" && (len(out.Found) > 0 || out.Faulty == 0):
				t.Errorf("found %v, %d with faults", out.Found, out.Faulty)
			case want != "" && (found == nil || found.Used[faults.Pause] == 0):
				t.Errorf("found %v", out.Found)
			}
		})
	}
}

// exampleInGo builds an example.
func exampleInGo(t testing.TB, example string) worker.Command {
	t.Helper()
	program := filepath.Join(t.TempDir(), example)
	if out, err := exec.Command("go", "build", "-ldflags=-w", "-o", program, "../worker/examples/go/"+example).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return worker.Command{program}
}

func onRedis(t *testing.T, program string) *lockstep.World {
	t.Helper()
	return openWith(t, lockstep.Options{Command: command(program)}, lockstep.Servers{RedisAddr: serverstest.RedisOptions(t).Addr})
}

// A result of MySQL breaks off after a row: only who asks how it ended knows.
func TestAResultIsCutInItsMiddle(t *testing.T) {
	for program, want := range map[string]reports.Verdict{"careless": reports.Lost, "careful": ""} {
		t.Run(program, func(t *testing.T) {
			w := openLive(t, command(program))
			out := explore(t, w, lockstep.Search{Seed: 1, Budget: faults.Budget{faults.MySQLCut: 1}, Runs: 15})
			switch found := out.Of(reports.Lost); {
			case out.Faulty == 0 || out.Weak > 0:
				t.Errorf("%d schedules with a cut, %d weak: %v", out.Faulty, out.Weak, out.WhyWeak)
			case want == "" && len(out.Found) > 0:
				t.Errorf("%s: %v", out.Found[0].Why, out.Found[0].Run.Log)
			case want != "" && found == nil:
				t.Errorf("no row was lost: %v", out.Verdicts)
			}
		})
	}
}
