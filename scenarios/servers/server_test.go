package servers_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

func TestMain(m *testing.M) {
	if os.Getenv(asHarness) == "" {
		os.Exit(serverstest.Main(m))
	}
	if err := beHarness(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

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
	engine := serverstest.Engine(t)
	reused := servers.OwnerOf(os.Getpid())
	reused.Started = "1"
	elsewhere := servers.OwnerOf(deadProcess(t))
	elsewhere.Place = "another container"
	before := servers.OwnerOf(1)
	before.Boot = "another"
	for _, c := range []struct {
		what  string
		owner servers.Owner
		ended bool // the container had run
		swept bool
	}{
		{"of a living process", servers.OwnerOf(1), false, false},
		{"of this process", servers.OwnerOf(os.Getpid()), true, false},
		{"of a dead process", servers.OwnerOf(deadProcess(t)), false, true},
		{"of a dead process whose number is in use again", reused, false, true},
		{"of a process that cannot be seen from here", elsewhere, true, false},
		{"of before a power cut", before, true, true},
		{"of another machine of this name, perhaps", before, false, false},
	} {
		id := startMarked(t, engine, c.owner)
		if c.ended {
			docker(t, "start", "-a", id)
		}
		if _, err := servers.Dial(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if swept := !strings.Contains(containers(t), id); swept != c.swept {
			t.Errorf("%s: swept %v, want %v", c.what, swept, c.swept)
		}
	}
}

// startMarked creates a container, which has nothing to do, as if another process owned it.
func startMarked(t *testing.T, engine *servers.Engine, owner servers.Owner) string {
	t.Helper()
	image, err := engine.Present(t.Context(), "redis")
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

func TestAServerThatCameBackIsFoundAtItsNewPort(t *testing.T) {
	engine := serverstest.Engine(t)
	s, err := engine.StartRedis(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Remove(context.Background())
	if _, err := s.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if addr, err := s.Addr(); err == nil {
		t.Errorf("a dead server has the address %s", addr)
	}
	evidence, err := s.Start(t.Context())
	if err != nil || !strings.Contains(evidence, "run_id") {
		t.Fatalf("%q, %v", evidence, err)
	}
	if _, err := s.Addr(); err != nil {
		t.Error(err)
	}
}

// While Redis reads its append-only file it answers little but INFO.
func TestAServerThatStillLoadsIsNotThereYet(t *testing.T) {
	s, err := serverstest.Engine(t).StartRedis(t.Context(), "", "always", "--key-load-delay", "100") // microseconds for each command
	if err != nil {
		t.Fatal(err)
	}
	defer s.Remove(context.Background())
	client := open(t, s)
	defer client.Close()
	if _, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for range 16000 { // Redis looks at its connections after each 1024
			p.Incr(t.Context(), "n")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := open(t, s)
	defer again.Close()
	if n, err := again.Get(t.Context(), "n").Int(); err != nil || n != 16000 {
		t.Errorf("it holds %d (%v)", n, err)
	}
}
