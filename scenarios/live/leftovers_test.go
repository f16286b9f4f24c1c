package live_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/live/livetest"
)

// deadProcess returns the id of a process that has ended.
func deadProcess(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestWhatAKilledHarnessLeftIsSwept(t *testing.T) {
	engine := livetest.Engine(t)
	reused := live.OwnerOf(os.Getpid())
	reused.Started = "1"
	elsewhere := live.OwnerOf(deadProcess(t))
	elsewhere.Place = "another container"
	before := live.OwnerOf(1)
	before.Boot = "another"
	for _, c := range []struct {
		what  string
		owner live.Owner
		ended bool // the container had run
		swept bool
	}{
		{"of a living process", live.OwnerOf(1), false, false},
		{"of this process", live.OwnerOf(os.Getpid()), true, false},
		{"of a dead process", live.OwnerOf(deadProcess(t)), false, true},
		{"of a dead process whose number is in use again", reused, false, true},
		{"of a process that cannot be seen from here", elsewhere, true, false},
		{"of before a power cut", before, true, true},
		{"of another machine of this name, perhaps", before, false, false},
	} {
		id := startMarked(t, engine, c.owner)
		if c.ended {
			docker(t, "start", "-a", id)
		}
		if _, err := live.Dial(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if swept := !strings.Contains(containers(t), id); swept != c.swept {
			t.Errorf("%s: swept %v, want %v", c.what, swept, c.swept)
		}
	}
}

// startMarked creates a container, which has nothing to do, as if another process owned it.
func startMarked(t *testing.T, engine *live.Engine, owner live.Owner) string {
	t.Helper()
	image, err := engine.Present("redis")
	if err != nil || image == "" {
		t.Fatalf("no Redis image: %v", err)
	}
	args := []string{"create", "--entrypoint", "true"}
	for name, value := range owner.Labels() {
		args = append(args, "--label", name+"="+value)
	}
	id := docker(t, append(args, image)...)
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "-fv", id).Run() })
	return id
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func containers(t *testing.T) string {
	t.Helper()
	return docker(t, "ps", "-aq", "--no-trunc")
}

func TestAClosedWorldLeavesNoContainer(t *testing.T) {
	livetest.Engine(t)
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
	livetest.Engine(t)
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
	options := livetest.RedisOptions(t)
	cfg := livetest.MySQLConfig(t)
	client := redis.NewClient(options)
	defer client.Close()
	if err := client.Set(t.Context(), "mine", "untouched", 0).Err(); err != nil {
		t.Fatal(err)
	}
	w := openWorld(t, live.Options{Redis: options, MySQL: cfg}, faults.Nothing)
	run := carryOut(t, w, execution(t, "lease-lua", "calm", "kill worker=* chunk=3 at=read restart=50ms"))
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
	for _, name := range []string{"redis-none", "mysql-kill"} {
		s, _ := scenarios.Find(name)
		if (live.Options{Redis: options, MySQL: cfg}).Unable(s) == "" {
			t.Errorf("%s would strike a server that is not ours", name)
		}
	}
}

func TestAServerThatCameBackIsFoundAtItsNewPort(t *testing.T) {
	engine := livetest.Engine(t)
	s, err := engine.StartRedis(t.Context(), "", faults.Nothing)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Remove(context.Background())
	if _, err := s.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if addr, err := s.Addr(t.Context()); err == nil {
		t.Errorf("a dead server has the address %s", addr)
	}
	evidence, err := s.Start(t.Context())
	if err != nil || !strings.Contains(evidence, "run_id") {
		t.Fatalf("%q, %v", evidence, err)
	}
	if _, err := s.Addr(t.Context()); err != nil {
		t.Error(err)
	}
}
