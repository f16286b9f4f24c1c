package servers_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// asHarness makes the test program be a harness on another host, which starts a server.
const asHarness = "ONCEOVER_TEST_AS_HARNESS"

// beHarness names the server's container, and waits until its input ends.
func beHarness() error {
	engine, err := servers.DialInDoubt(context.Background(), 0)
	if err != nil {
		return err
	}
	engine.Move("elsewhere")
	server, err := engine.StartRedis(context.Background(), "", "")
	if err != nil {
		return err
	}
	fmt.Println(server.ID())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := server.Remove(context.Background()); err != nil {
		return err
	}
	return engine.Close(context.Background())
}

// harness is one on another host.
type harness struct {
	cmd    *exec.Cmd
	input  io.Closer
	server string // its container
	name   string // of its keeper
}

func startHarness(t *testing.T) harness {
	t.Helper()
	serverstest.Engine(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asHarness+"=1")
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	server := strings.TrimSpace(line)
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "-fv", server).Run() })
	return harness{cmd, input, server, label(t, server, "onceover.keeper")}
}

func label(t *testing.T, id, name string) string {
	t.Helper()
	return docker(t, "inspect", "--format", fmt.Sprintf("{{index .Config.Labels %q}}", name), id)
}

// keepers are the containers of a keeper that run.
func keepers(t *testing.T, name string) string {
	t.Helper()
	return docker(t, "ps", "-q", "--no-trunc", "--filter", "label=onceover.keeps="+name)
}

// eventually waits for something that the engine or a harness does.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func sweep(t *testing.T) {
	t.Helper()
	if _, err := servers.DialInDoubt(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}

// In a CI job, the host has another name each time.
func TestWhatAKilledHarnessElsewhereLeftIsSwept(t *testing.T) {
	h := startHarness(t)
	sweep(t)
	if all := containers(t); !strings.Contains(all, h.server) || keepers(t, h.name) == "" {
		t.Fatalf("the server or the keeper of a living harness is gone: %s", all)
	}
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the keeper ends", func() bool { return keepers(t, h.name) == "" })
	if !strings.Contains(containers(t), h.server) {
		t.Fatal("the server is gone before anybody swept")
	}
	sweep(t)
	nothingOf(t, h.name)
}

func nothingOf(t *testing.T, keeper string) {
	t.Helper()
	if left := docker(t, "ps", "-aq", "--filter", "label=onceover.keeper="+keeper); left != "" {
		t.Errorf("left: %s", left)
	}
}

func TestAHarnessThatEndsLeavesNoKeeper(t *testing.T) {
	h := startHarness(t)
	if err := h.input.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Wait(); err != nil {
		t.Error(err)
	}
	nothingOf(t, h.name)
}

func TestAKeeperThatWasCutOffBeginsAnotherLife(t *testing.T) {
	for what, cut := range map[string]func(*testing.T, *relay, string){
		"its stream is cut":                       func(_ *testing.T, r *relay, _ string) { r.cut(true, true) },
		"its container is removed":                func(t *testing.T, _ *relay, id string) { docker(t, "rm", "-fv", id) },
		"its stream seems to be there and is not": func(_ *testing.T, r *relay, _ string) { r.cut(false, true) },
		"its container still runs, as on Podman":  func(_ *testing.T, r *relay, _ string) { r.cut(true, false) },
	} {
		t.Run(what, func(t *testing.T) {
			r, engine := behindRelay(t)
			engine.Move("elsewhere")
			server, err := engine.StartRedis(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			name := label(t, server.ID(), "onceover.keeper")
			first := keepers(t, name)
			cut(t, r, first)
			eventually(t, "another keeper alone", func() bool {
				now := keepers(t, name)
				return now != "" && !strings.Contains(now, first)
			})
			sweep(t)
			if err := server.Answers(t.Context()); err != nil {
				t.Errorf("the server of a living harness: %v", err)
			}
			for range 2 {
				if err := errors.Join(server.Remove(context.Background()), engine.Close(context.Background())); err != nil {
					t.Error(err)
				}
			}
			nothingOf(t, name)
		})
	}
}

// A keeper needs a program that the image of a server may not have.
func TestAServerFromAnImageWithoutCatHasNoKeeper(t *testing.T) {
	serverstest.Engine(t)
	image := withoutCat(t)
	engine, err := servers.DialInDoubt(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	server, err := engine.StartRedis(t.Context(), image, "")
	if err != nil {
		t.Fatal(err)
	}
	if name := label(t, server.ID(), "onceover.keeper"); name != "" {
		t.Errorf("the server names the keeper %s", name)
	}
	id := server.ID()
	if err := errors.Join(server.Remove(context.Background()), engine.Close(context.Background())); err != nil {
		t.Error(err)
	}
	if left := docker(t, "ps", "-aq", "--filter", "ancestor="+image); left != "" {
		t.Errorf("left beside %s: %s", id, left)
	}
}

// withoutCat makes such an image of the Redis image.
func withoutCat(t *testing.T) string {
	t.Helper()
	base, err := serverstest.Engine(t).Present(t.Context(), "redis")
	if err != nil || base == "" {
		t.Fatalf("no Redis image: %v", err)
	}
	const name = "onceover-test/without-cat:1"
	build := exec.Command("docker", "build", "--quiet", "--tag", name, "-")
	build.Stdin = strings.NewReader("FROM " + base + "\nRUN rm \"$(command -v cat)\"\n")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { docker(t, "rmi", "-f", name) })
	return name
}
