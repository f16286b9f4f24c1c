package serverstest_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

func TestMain(m *testing.M) { os.Exit(serverstest.Main(m)) }

func TestEngine(t *testing.T) { serverstest.Engine(t) }

// What passed without an engine is not repeated from go test's cache once there is one.
func TestAnEngineEndsCachedResults(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "docker.sock")
	pass := func(cached bool) {
		t.Helper()
		command := exec.Command("go", "test", "-vet=off", "-ldflags=-w", "-run", "^TestEngine$", ".")
		command.Env = append(os.Environ(), "DOCKER_HOST=unix://"+socket, "CI=", "ONCEOVER_LIVE_LOG=", "GOFLAGS=")
		out, err := command.CombinedOutput()
		if err != nil || strings.Contains(string(out), "(cached)") != cached {
			t.Fatalf("cached %t is wanted: %v\n%s", cached, err, out)
		}
	}
	pass(false)
	pass(true)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	engine := &http.Server{Handler: new(serverstest.Registryless)}
	go engine.Serve(listener)
	defer engine.Close()
	pass(false)
}
