package lockstep_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// pythonLoader is conditional, in Python without libraries. It pushes who started it along
// with each row, and ends as its environment says.
const pythonLoader = `
import os, socket, sys
host, port = os.environ["REDIS_URL"].split("//")[1].split("/")[0].split(":")
s = socket.create_connection((host, int(port)))
answers = s.makefile("rb")

def ask(*words):
    s.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words))
    return answers.readline()

rows = [str(i + 1) for i in range(int(os.environ["ONCEOVER_CHUNKS"]) * int(os.environ["ONCEOVER_CHUNK_SIZE"]))]
ask("EVAL", "if redis.call('SETNX', KEYS[2], 1) == 1 then redis.call('RPUSH', KEYS[1], unpack(ARGV)) end return 1", "2", os.environ["ONCEOVER_LIST"], "done", *rows)
ask("SET", "parent:" + os.environ["ONCEOVER_WORKER"], str(os.getppid()))
if len(sys.argv) > 1:
    raise ValueError(sys.argv[1] + " of worker " + os.environ["ONCEOVER_WORKER"])
`

func pythonProgram(t *testing.T, flags ...string) worker.Command {
	t.Helper()
	name, err := exec.LookPath("python3")
	if err != nil {
		serverstest.LeaveOut(t, "no python3 on the PATH")
	}
	script := filepath.Join(t.TempDir(), "loader.py")
	if err := os.WriteFile(script, []byte(pythonLoader), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(append(worker.Command{name}, flags...), script)
}

func openCommand(t *testing.T, command worker.Command) *lockstep.World {
	t.Helper()
	return openWith(t, lockstep.Options{Command: command}, lockstep.Servers{RedisAddr: fakeRedis(t)})
}

// parents are those that the processes of a run had.
func parents(result lockstep.Result) (all []string) {
	for _, s := range result.Trace {
		if words := strings.Fields(s.Request); len(words) == 3 && words[0] == "SET" {
			all = append(all, words[2])
		}
	}
	return all
}

func TestAnInterpreterOfPythonIsForkedForEachProcess(t *testing.T) {
	for name, forked := range map[string]bool{"": true, "-I": false} {
		t.Run("flag"+name, func(t *testing.T) {
			w := openCommand(t, pythonProgram(t, strings.Fields(name)...))
			for range 2 {
				result := run(t, w, nil, first())
				if result.Verdict != reports.Safe || result.Weak != "" {
					t.Fatalf("%s: %s, weak %q", result.Verdict, result.Why, result.Weak)
				}
				for _, parent := range parents(result) {
					if forked == (parent == fmt.Sprint(os.Getpid())) {
						t.Errorf("a process was started by %s, and this is %d", parent, os.Getpid())
					}
				}
			}
		})
	}
}

func TestAForkedProcessEndsAsAnyOtherAndIsKilledAsAnyOther(t *testing.T) {
	w := openCommand(t, append(pythonProgram(t), "trouble"))
	result := run(t, w, faults.Budget{faults.Kill: 1}, strike("kill-before"))
	text := fmt.Sprint(result.Trace)
	if !strings.Contains(text, "fails: exit status 1: ValueError: trouble of worker 0") || !strings.Contains(text, "fails: exit status 1: ValueError: trouble of worker 1") {
		t.Errorf("the ends are not told: %s", text)
	}
	if result.Used[faults.Kill] != 1 || result.Trace[0].Text != "dies" {
		t.Errorf("nobody was killed: %s", text)
	}
}

func TestNothingIsLeftOfASearchThatIsInterrupted(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *lockstep.World{
		"forked": func(t *testing.T) *lockstep.World { return openCommand(t, pythonProgram(t)) },
		"anew":   func(t *testing.T) *lockstep.World { return open(t, "conditional", lockstep.Options{}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err := w.Explore(ctx, lockstep.Search{Budget: everything, Progress: func(o lockstep.Outcome) {
				if o.Schedules == 2 {
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if err := w.Close(context.Background()); err != nil {
				t.Error(err)
			}
			if left := children(t); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
		})
	}
}

// children are the processes that this one has started and that live on.
func children(t *testing.T) (all []string) {
	t.Helper()
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		stat, err := os.ReadFile(folder + "/stat")
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if fields[1] == fmt.Sprint(os.Getpid()) {
			all = append(all, string(stat))
		}
	}
	return all
}
