package servers

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ory/dockertest/v3/docker"
)

func TestWhereAPublishedPortLeadsToAContainer(t *testing.T) {
	at := func(ip, port string) docker.PortBinding { return docker.PortBinding{HostIP: ip, HostPort: port} }
	local, remote := reachOf(""), reachOf("tcp://docker:2375")
	for _, c := range []struct {
		reach    reach
		bindings []docker.PortBinding
		want     string
	}{
		{local, []docker.PortBinding{at("0.0.0.0", "2"), at("127.0.0.1", "1")}, "1"},
		{local, []docker.PortBinding{at("::", "3"), at("0.0.0.0", "2")}, "2"},
		{local, []docker.PortBinding{at("", "4")}, "4"},
		{local, []docker.PortBinding{at("192.0.2.1", "5"), at("127.0.0.1", "")}, ""},
		{remote, []docker.PortBinding{at("::", "3"), at("0.0.0.0", "2")}, "2"},
		{remote, []docker.PortBinding{at("", "4")}, "4"},
		{remote, []docker.PortBinding{at("127.0.0.1", "1")}, ""},
	} {
		if got := c.reach.port(c.bindings); got != c.want {
			t.Errorf("%+v, %v: %q, want %q", c.reach, c.bindings, got, c.want)
		}
	}
}

func TestServersAreReachedWhereTheEngineIs(t *testing.T) {
	for endpoint, want := range map[string]string{
		"": "127.0.0.1", "unix:///run/docker.sock": "127.0.0.1", "npipe:////./pipe/docker_engine": "127.0.0.1",
		"tcp://127.0.0.1:2375": "127.0.0.1", "tcp://localhost:2375": "127.0.0.1", "tcp://[::1]:2375": "127.0.0.1", "tcp://:2375": "127.0.0.1",
		"tcp://docker:2375": "docker", "https://192.0.2.7:2376": "192.0.2.7", "tcp://[2001:db8::7]:2375": "2001:db8::7",
	} {
		r := reachOf(endpoint)
		if r.host != want || r.remote() != (r.listen == "0.0.0.0") || r.remote() != (want != "127.0.0.1") {
			t.Errorf("%s: %+v", endpoint, r)
		}
	}
}

// An engine beside a CI job publishes ports on its own machine.
func TestTheAddressOfAServerIsOnTheEnginesHost(t *testing.T) {
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"NetworkSettings":{"Ports":{"6379/tcp":[{"HostIp":"0.0.0.0","HostPort":"7"}]}}}`)
	}))
	t.Cleanup(fake.Close)
	t.Setenv("DOCKER_HOST", "tcp://"+fake.Listener.Addr().String())
	e, err := newEngine(nil, answerWait)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{spec: spec{name: "Redis", port: "6379"}, engine: e, id: "0123456789abcdef"}
	for endpoint, want := range map[string]string{"tcp://docker:2375": "docker:7", "": "127.0.0.1:7"} {
		e.reach = reachOf(endpoint)
		if addr, err := s.published(t.Context()); err != nil || addr != want {
			t.Errorf("%s: %s, %v", endpoint, addr, err)
		}
	}
}

func TestTheCureIsThatOfTheCause(t *testing.T) {
	for want, err := range map[string]error{
		"usermod":      fmt.Errorf("%w: %w", ErrNoEngine, fs.ErrPermission),
		"restart":      fmt.Errorf("%w: %w", ErrNoEngine, ErrSilent),
		"start Docker": fmt.Errorf("%w: refused", ErrNoEngine),
	} {
		if got := Cure(err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
	if got := Cure(fs.ErrNotExist); got != "" {
		t.Errorf("a cure for what it does not know: %s", got)
	}
}
