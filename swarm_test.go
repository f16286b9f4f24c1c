package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"onceover/reports"
	"onceover/scenarios/servers/serverstest"
)

// dockerCLI runs the engine's own command line.
func dockerCLI(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// clusterImage builds the image for clusters, as make image does, under a name of the test's own.
func clusterImage(t *testing.T) (name string) {
	t.Helper()
	serverstest.Engine(t)
	if _, err := exec.LookPath("docker"); err != nil {
		serverstest.LeaveOut(t, "no docker on the PATH, which builds the image for clusters")
	}
	if away := os.Getenv("DOCKER_HOST"); runtime.GOOS != "linux" || away != "" && !strings.HasPrefix(away, "unix:") {
		serverstest.LeaveOut(t, "the containers of the engine do not share this host's network")
	}
	folder := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(folder, "onceover"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	name = "onceover-test-" + strings.ToLower(rand.Text()[:8])
	dockerCLI(t, "build", "--quiet", "--tag", name, "--file", ".ci/Dockerfile", folder)
	t.Cleanup(func() { dockerCLI(t, "rmi", "--force", name) })
	return name
}

// dropVolume deletes a volume, once the engine has ended what uses it.
func dropVolume(t *testing.T, name string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		out, err := exec.Command("docker", "volume", "rm", name).CombinedOutput()
		switch {
		case err == nil || strings.Contains(string(out), "No such volume"):
			return
		case time.Now().After(deadline):
			t.Errorf("docker volume rm: %s", out)
			return
		}
	}
}

// joinSwarm makes the engine a swarm of its own, unless it is in one, and leaves everything as it was.
func joinSwarm(t *testing.T) {
	t.Helper()
	if state := dockerCLI(t, "info", "--format", "{{.Swarm.LocalNodeState}}"); state != "inactive" {
		serverstest.LeaveOut(t, "the engine is in a swarm already")
	}
	const bridge = "docker_gwbridge" // a swarm leaves it behind
	had := strings.Contains(dockerCLI(t, "network", "ls", "--format", "{{.Name}}"), bridge)
	dockerCLI(t, "swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377")
	t.Cleanup(func() {
		dockerCLI(t, "swarm", "leave", "--force")
		if !had {
			dockerCLI(t, "network", "rm", bridge)
		}
	})
}

// task is a task of a service, and the container in which it runs or ran.
type task struct {
	Slot   int
	Status struct {
		State           string
		ContainerStatus struct{ ContainerID string }
	}
}

func tasks(t *testing.T, service string) (all []task) {
	t.Helper()
	ids := strings.Fields(dockerCLI(t, "service", "ps", "--quiet", "--no-trunc", service))
	if len(ids) == 0 {
		return nil
	}
	if err := json.Unmarshal([]byte(dockerCLI(t, append([]string{"inspect"}, ids...)...)), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// The image that make image builds does in a cluster what the program does alone.
func TestOnACluster(t *testing.T) {
	image := clusterImage(t)
	for name, test := range map[string]func(*testing.T, string){
		"shards on a swarm are the whole though a task is killed":      shardsOnASwarm,
		"a load by containers of which two are killed is exactly once": loadByContainers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, image)
		})
	}
}

// shardsOnASwarm has a swarm do a search in shards, kills one of these in its middle, and compares what they come to
// with what one machine comes to.
func shardsOnASwarm(t *testing.T, image string) {
	service, volume := image+"_shard", image+"_results"
	t.Cleanup(func() { dropVolume(t, volume) })
	joinSwarm(t)
	const shards = 3
	what := []string{"-s", "set-nx,static,lua,lease-lua", "-f", "calm,redis-clock", "--budget", "1m"} // each ends of itself
	deploy := exec.Command("docker", "stack", "deploy", "--resolve-image", "never", "--compose-file", ".ci/swarm.yml", image)
	deploy.Env = append(os.Environ(), "ONCEOVER_IMAGE="+image, "ONCEOVER_ARGS="+strings.Join(what, " "), fmt.Sprint("ONCEOVER_SHARDS=", shards))
	if out, err := deploy.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { dockerCLI(t, "stack", "rm", image) })

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	killed, complete := "", map[int]bool{}
	for len(complete) < shards {
		for _, one := range tasks(t, service) {
			id := one.Status.ContainerStatus.ContainerID
			switch {
			case one.Status.State == "complete":
				complete[one.Slot] = true
			case killed == "" && one.Status.State == "running" && strings.Contains(dockerCLI(t, "logs", id), "seed 7"):
				dockerCLI(t, "kill", id)
				killed = id
			}
		}
		if ctx.Err() != nil {
			t.Fatalf("complete are %v\n%s", complete, dockerCLI(t, "service", "ps", "--no-trunc", service))
		}
	}
	if killed == "" {
		t.Fatal("no task was killed in its middle")
	}

	results := filepath.Join(t.TempDir(), "results")
	reader := dockerCLI(t, "create", "--volume", volume+":/data/results", image, "--version")
	dockerCLI(t, "cp", reader+":/data/results", results)
	dockerCLI(t, "rm", reader)
	merged := verdictsOf(t, 0, "report", filepath.Join(results, "*"), "--out", t.TempDir())
	whole := verdictsOf(t, 0, append([]string{"explore", "--seed", "7", "--out", t.TempDir()}, what...)...)
	if len(whole) != 8 || fmt.Sprint(merged) != fmt.Sprint(whole) {
		t.Errorf("the shards came to %v, and one machine to %v", merged, whole)
	}
}

// verdictsOf are those of each cell that a command has to come to, with its exit code.
func verdictsOf(t *testing.T, code int, args ...string) map[string]reports.Verdict {
	t.Helper()
	var out bytes.Buffer
	getenv := func(string) string { return "" }
	if got := execute(t.Context, args, streams{&out, &out, getenv}); got != code {
		t.Fatalf("onceover %s: exit code %d\n%s", strings.Join(args, " "), got, out.String())
	}
	folder := regexp.MustCompile(`(?m)^Report: (.*)/report.html$`).FindStringSubmatch(out.String())
	if folder == nil {
		t.Fatal(out.String())
	}
	text, err := os.ReadFile(filepath.Join(folder[1], "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var results reports.Results
	if err := json.Unmarshal(text, &results); err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]reports.Verdict{}
	for _, cell := range results.Cells {
		verdicts[cell.ID] = cell.Verdict
	}
	return verdicts
}

// The program knows every flag that pods give it.
func TestTheManifestForKubernetesGivesFlagsThatThereAre(t *testing.T) {
	text, err := os.ReadFile(".ci/kubernetes.yml")
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var job struct {
			Spec struct {
				Template struct {
					Spec struct{ Containers []struct{ Args []string } }
				}
			}
		}
		if err := yaml.Unmarshal(document, &job); err != nil {
			t.Fatal(err)
		}
		for _, container := range job.Spec.Template.Spec.Containers {
			told++
			parser, err := newParser(t.Context, &cli{}, streams{new(bytes.Buffer), new(bytes.Buffer), os.Getenv})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(container.Args); err != nil {
				t.Errorf("onceover %s: %v", strings.Join(container.Args, " "), err)
			}
		}
	}
	if told != 3 {
		t.Errorf("%d containers", told)
	}
}
