package live_test

import (
	"context"
	"database/sql"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// containers lists those of this process: other packages start theirs at the same time.
func containers(t *testing.T) string {
	t.Helper()
	args := []string{"ps", "-aq", "--no-trunc"}
	for label, value := range servers.OwnerOf(os.Getpid()).Labels() {
		args = append(args, "--filter", "label="+label+"="+value)
	}
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestAClosedWorldLeavesNoContainer(t *testing.T) {
	serverstest.Engine(t)
	before := containers(t)
	w, err := live.Open(t.Context(), live.Options{}, faults.Nothing)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after := containers(t); len(strings.Fields(after)) > len(strings.Fields(before)) {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestAnInterruptedStartLeavesNoContainer(t *testing.T) {
	serverstest.Engine(t)
	before := containers(t)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := live.Open(ctx, live.Options{Progress: func(string, ...any) { cancel() }}, faults.Nothing)
	cancel()
	if err == nil {
		t.Log("the start was faster than its interruption")
	}
	if err := w.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after := containers(t); len(strings.Fields(after)) > len(strings.Fields(before)) {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestTheUsersServersAreLeftAsTheyWere(t *testing.T) {
	options := serverstest.RedisOptions(t)
	cfg := serverstest.MySQLConfig(t)
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.Set(t.Context(), "mine", "untouched", 0).Err(); err != nil {
		t.Fatal(err)
	}
	w := openOwn(t, live.Options{Redis: options, MySQL: cfg}, faults.Nothing)
	run := carryOut(t, w, execution(t, "lease-lua", "calm", "kill worker=* chunk=3 at=read restart=50ms"))
	wantVerdict(t, run, reports.Safe)
	run = carryOut(t, w, execution(t, "skip-locked-lua", "calm", "kill worker=* chunk=3 at=read restart=50ms"))
	wantVerdict(t, run, reports.Safe)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := w.Run(ctx, execution(t, "lease-lua", "calm", "pause worker=* chunk=3 at=read for=1m")); err == nil {
		t.Error("a run that was interrupted came to something")
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if keys := client.Keys(t.Context(), "*").Val(); len(keys) != 1 || keys[0] != "mine" {
		t.Errorf("keys left: %v", keys)
	}
	wantNoTables(t, cfg)
	for _, name := range []string{"redis-none", "mysql-kill", "redis-full", "half-open", "failover"} {
		s, _ := scenarios.Find(name)
		if (live.Options{Redis: options, MySQL: cfg}).Unable(s) == "" {
			t.Errorf("%s would strike a server that is not ours", name)
		}
	}
}

// wantNoTables checks that nothing of a world's is left in the user's MySQL.
func wantNoTables(t *testing.T, cfg *mysql.Config) {
	t.Helper()
	db, err := servers.OpenMySQL(cfg, cfg.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var tables sql.NullString
	if err := db.QueryRowContext(t.Context(), `SELECT GROUP_CONCAT(table_name) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'onceover\_%'`).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables.Valid {
		t.Errorf("tables left: %s", tables.String)
	}
}

// What a killed harness has left is removed by the next one, and nothing else is.
func TestWhatAKilledHarnessLeftOnTheUsersServersIsRemoved(t *testing.T) {
	options := serverstest.RedisOptions(t)
	cfg := serverstest.MySQLConfig(t)
	client := redis.NewClient(options)
	defer client.Close()
	db, err := servers.OpenMySQL(cfg, cfg.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dead, alive := servers.OwnerOf(os.Getpid()), servers.OwnerOf(os.Getpid())
	dead.PID = 1 << 22 // beyond the largest number of a process
	chunks := map[string]string{}
	for world, table := range map[string]string{"onceover_dead:7": "onceover_chunks_0", "onceover_alive:7": "onceover_chunks_1", "onceover_dead2:7": "onceover_chunks_2"} {
		chunks[table] = lock.ChunksComment(world)
	}
	maps.Copy(chunks, map[string]string{"onceover_dead_0": dead.String(), "onceover_alive_0": alive.String(), "onceover_orders": "", "orders": dead.String()})
	for name, comment := range chunks {
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE "+name+" (id INT) COMMENT '"+comment+"'"); err != nil {
			t.Fatal(err)
		}
	}
	for world, owner := range map[string]servers.Owner{"onceover_dead": dead, "onceover_alive": alive} {
		for _, key := range []string{world + ":1", "{" + world + ":1}:chunks", world + "2"} {
			if err := client.Set(t.Context(), key, "", 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		client.HSet(t.Context(), "onceover_owners", world, owner.String())
	}
	w := openOwn(t, live.Options{Redis: options, MySQL: cfg}, faults.Nothing)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys := client.Keys(t.Context(), "*").Val()
	slices.Sort(keys)
	if want := []string{"onceover_alive2", "onceover_alive:1", "onceover_dead2", "onceover_owners", "{onceover_alive:1}:chunks"}; !slices.Equal(keys, want) {
		t.Errorf("keys left are %q, want %q", keys, want)
	}
	if worlds := client.HKeys(t.Context(), "onceover_owners").Val(); !slices.Equal(worlds, []string{"onceover_alive"}) {
		t.Errorf("worlds left: %q", worlds)
	}
	var tables string
	if err := db.QueryRowContext(t.Context(), "SELECT GROUP_CONCAT(table_name ORDER BY table_name) FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if want := "onceover_alive_0,onceover_chunks_1,onceover_chunks_2,onceover_orders,orders"; tables != want {
		t.Errorf("tables left are %s, want %s", tables, want)
	}
}

func TestAnImageThatCannotBeHadIsSaidBeforeAnythingIsStarted(t *testing.T) {
	registry := serverstest.WithoutRegistry(t)
	var lines []string
	w, err := live.Open(t.Context(), live.Options{Progress: func(format string, _ ...any) { lines = append(lines, format) }}, "none", "always")
	if err == nil || !strings.Contains(err.Error(), "image redis:8.0 and mysql:9.7 cannot be pulled and cannot be built") {
		t.Errorf("error %v, want both images and why not", err)
	}
	if err := w.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if n := registry.Count("/containers/create"); n != 0 {
		t.Errorf("%d containers were made, want none", n)
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "starting") {
			t.Errorf("said %q", line)
		}
	}
}
