package servers_test

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// relay stands between a harness and the engine, and can cut the streams of
// containers. Other requests pass.
type relay struct {
	network, address string

	mu      sync.Mutex
	streams []*stream
}

type stream struct {
	front, behind net.Conn
	apart         bool // the end of one side is not that of the other
}

// behindRelay dials the engine through a relay. Only the libraries that are asked later
// go straight to it: testcontainers keeps to the engine that it found first.
func behindRelay(t *testing.T) (*relay, *servers.Engine) {
	t.Helper()
	direct := serverstest.Engine(t).Endpoint()
	network, address, ok := strings.Cut(direct, "://")
	if !ok {
		t.Fatalf("the engine has no address: %s", direct)
	}
	socket := filepath.Join(t.TempDir(), "engine.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	r := &relay{network: network, address: address}
	go r.listen(listener)
	t.Setenv("DOCKER_HOST", "unix://"+socket)
	engine, err := servers.DialInDoubt(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_HOST", direct)
	return r, engine
}

func (r *relay) listen(listener net.Listener) {
	for {
		front, err := listener.Accept()
		if err != nil {
			return
		}
		go r.serve(front)
	}
}

func (r *relay) serve(front net.Conn) {
	behind, err := net.Dial(r.network, r.address)
	if err != nil {
		front.Close()
		return
	}
	s := &stream{front: front, behind: behind}
	requests := bufio.NewReader(front)
	line, err := requests.ReadString('\n')
	if err == nil && strings.Contains(line, "/attach?") {
		r.mu.Lock()
		r.streams = append(r.streams, s)
		r.mu.Unlock()
	}
	go r.pass(s, behind, io.MultiReader(strings.NewReader(line), requests))
	r.pass(s, front, behind)
}

func (r *relay) pass(s *stream, to net.Conn, from io.Reader) {
	_, _ = io.Copy(to, from)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !s.apart {
		s.front.Close()
		s.behind.Close()
	}
}

// cut ends one side of all streams, or both.
func (r *relay) cut(front, behind bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.streams {
		s.apart = front != behind
		if front {
			s.front.Close()
		}
		if behind {
			s.behind.Close()
		}
	}
	r.streams = nil
}
