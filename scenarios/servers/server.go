package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/ory/dockertest/v3/docker"
	"github.com/testcontainers/testcontainers-go"
)

// Server is a running database server: one in a container, which can be killed
// and started, or one that the user named, which cannot.
type Server struct {
	spec
	engine  *Engine
	id      string                 // of the container; empty for the user's own server
	started time.Time              // of its present or last life, by the engine's clock
	addr    atomic.Pointer[string] // nil while it is down
}

// spec says how a server is started in a container.
type spec struct {
	name     string // Redis, MySQL, or which lock server
	image    string
	port     string // inside the container
	bare     bool   // in the engine's own network, where the port is its own
	env      map[string]string
	cmd      []string
	identity func(ctx context.Context, addr string) (string, error) // what the server calls itself
}

// Given is a server that the user named: Redis or MySQL, and where it is.
func Given(name, addr string) *Server {
	s := &Server{spec: spec{name: name}}
	s.addr.Store(&addr)
	return s
}

// ErrNotOurs says that a server cannot be killed, because the user named it.
var ErrNotOurs = errors.New("servers: this server was not started here")

// Name is Redis, MySQL, or which lock server.
func (s *Server) Name() string { return s.name }

// start starts a server and waits until it answers. The engine is not given up on an interrupt:
// it would finish all the same, and a container that is not there yet cannot be removed.
func (e *Engine) start(ctx context.Context, s spec) (*Server, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	published := network.MustParsePort(s.port + "/tcp")
	if e.reach.remote() {
		e.progress("%s is published on every address of %s, where the Docker engine is", s.name, e.reach.host)
	}
	labels := e.labels(ctx, s.image)
	c, err := ask(context.WithoutCancel(ctx), startWait, "start "+s.name, func(ctx context.Context) (*testcontainers.DockerContainer, error) {
		options := []testcontainers.ContainerCustomizer{
			testcontainers.WithEnv(s.env),
			testcontainers.WithCmd(s.cmd...),
			testcontainers.WithLabels(labels),
			testcontainers.WithConfigModifier(func(c *container.Config) {
				c.Healthcheck = &container.HealthConfig{Test: []string{"NONE"}} // an image's own would be counted as somebody's
			}),
			testcontainers.WithHostConfigModifier(func(h *container.HostConfig) {
				if s.bare {
					h.NetworkMode = "host"
					return
				}
				h.PortBindings = network.PortMap{published: {{HostIP: netip.MustParseAddr(e.reach.listen)}}}
			}),
		}
		if !s.bare {
			options = append(options, testcontainers.WithExposedPorts(s.port+"/tcp"))
		}
		return testcontainers.Run(ctx, explicit(s.image), options...)
	})
	if err == nil {
		err = ctx.Err()
	}
	if c != nil && err != nil {
		err = errors.Join(err, e.remove(context.WithoutCancel(ctx), c.GetContainerID()))
	}
	if err != nil {
		return nil, fmt.Errorf("start %s from image %s: %w", s.name, s.image, err)
	}
	server := &Server{spec: s, engine: e, id: c.GetContainerID()}
	if _, err := server.awake(ctx); err != nil {
		if other := new(docker.NoSuchContainer); errors.As(err, &other) {
			err = fmt.Errorf("testcontainers has started %s with another engine than %s: give both the same DOCKER_HOST, and no tc.host in ~/.testcontainers.properties: %w",
				s.name, e.pool.Client.Endpoint(), errors.Join(err, c.Terminate(context.WithoutCancel(ctx))))
		}
		return nil, errors.Join(err, server.Remove(context.WithoutCancel(ctx)))
	}
	return server, nil
}

// Addr returns where the server is reached now: a container that was started
// again has another port.
func (s *Server) Addr() (string, error) {
	if addr := s.addr.Load(); addr != nil {
		return *addr, nil
	}
	return "", fmt.Errorf("%s is not running", s.name)
}

// published looks up the port at which the engine publishes the server.
func (s *Server) published(ctx context.Context) (string, error) {
	if s.bare {
		return net.JoinHostPort(s.engine.reach.host, s.port), nil
	}
	c, err := s.inspect(ctx)
	if err != nil {
		return "", err
	}
	if port := s.engine.reach.port(c.NetworkSettings.Ports[docker.Port(s.port+"/tcp")]); port != "" {
		return net.JoinHostPort(s.engine.reach.host, port), nil
	}
	return "", fmt.Errorf("%s has no published port: it is not running", s.name)
}

// Times between two looks at something that takes a while.
const (
	look      = 5 * time.Millisecond
	readyWait = 60 * time.Second
)

// waitReady waits until the server answers, and returns its identity.
func (s *Server) waitReady(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	var last error
	for {
		addr, err := s.published(ctx)
		if err == nil {
			var identity string
			if identity, err = s.identity(ctx, addr); err == nil {
				s.addr.Store(&addr)
				return identity, nil
			}
		}
		if gone := new(docker.NoSuchContainer); errors.As(err, &gone) {
			return "", err
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s does not answer: %w%s", s.name, last, s.lastWords())
		case <-time.After(4 * look):
		}
	}
}

// awake waits until the server answers, and returns what shows that it does.
func (s *Server) awake(ctx context.Context) (evidence string, err error) {
	identity, err := s.waitReady(ctx)
	if err != nil {
		return "", err
	}
	c, err := s.inspect(ctx)
	if err != nil {
		return "", err
	}
	s.started = c.State.StartedAt
	return fmt.Sprintf("%s answers, started %s", identity, s.started.Format(time.RFC3339Nano)), nil
}

func (s *Server) inspect(ctx context.Context) (*docker.Container, error) {
	c, err := ask(ctx, s.engine.patience, "inspect "+s.name, func(ctx context.Context) (*docker.Container, error) {
		return s.engine.pool.Client.InspectContainerWithContext(s.id, ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("inspect %s: %w", s.name, err)
	}
	return c, nil
}

// Kill ends the server at once, and returns what shows that it did.
func (s *Server) Kill(ctx context.Context) (evidence string, err error) {
	if s.id == "" {
		return "", ErrNotOurs
	}
	addr := s.addr.Swap(nil)
	defer func() {
		if err != nil {
			s.addr.Store(addr) // as far as is known, it still runs
		}
	}()
	err = tell(ctx, s.engine.patience, "kill "+s.name, func(ctx context.Context) error {
		return s.engine.pool.Client.KillContainer(docker.KillContainerOptions{ID: s.id, Signal: docker.SIGKILL, Context: ctx})
	})
	if err != nil {
		return "", fmt.Errorf("kill %s: %w", s.name, err)
	}
	for {
		c, err := s.inspect(ctx)
		if err != nil {
			return "", err
		}
		if !c.State.Running {
			return fmt.Sprintf("container exited with %d", c.State.ExitCode), nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%s was killed and still runs: %w", s.name, ctx.Err())
		case <-time.After(look):
		}
	}
}

// Start starts a killed server, and returns what shows that a new life of it
// answers.
func (s *Server) Start(ctx context.Context) (evidence string, err error) {
	if s.id == "" {
		return "", ErrNotOurs
	}
	before := s.started
	if err := tell(ctx, s.engine.patience, "start "+s.name, func(ctx context.Context) error {
		return s.engine.pool.Client.StartContainerWithContext(s.id, nil, ctx)
	}); err != nil {
		return "", fmt.Errorf("start %s: %w", s.name, err)
	}
	evidence, err = s.awake(ctx)
	if err == nil && !s.started.After(before) {
		err = fmt.Errorf("%s answers, but not from a new life", s.name)
	}
	return evidence, err
}

// Recover looks for a server that does not answer although nobody called Kill. It
// is started if it has ended, and found if somebody else has started it. Recover
// returns what had happened, "" if nothing is to be seen.
func (s *Server) Recover(ctx context.Context) (happened string, err error) {
	if s.id == "" {
		return "", nil
	}
	c, err := s.inspect(ctx)
	switch {
	case err != nil:
		return "", err
	case c.State.Paused:
		return "was paused", nil
	case !c.State.Running:
		happened = fmt.Sprintf("ended with exit code %d", c.State.ExitCode)
		if c.State.OOMKilled {
			happened = "was killed for want of memory"
		}
		_, err = s.Start(ctx)
	case !c.State.StartedAt.Equal(s.started):
		happened = "was started anew"
		_, err = s.awake(ctx)
	}
	return happened, err
}

// Answers returns nil if the server says who it is. The user's own server is not asked.
func (s *Server) Answers(ctx context.Context) error {
	if s.id == "" {
		return nil
	}
	addr, err := s.Addr()
	if err == nil {
		_, err = s.identity(ctx, addr)
	}
	return err
}

// Remove ends the server for good. The user's own server is left alone.
func (s *Server) Remove(ctx context.Context) error {
	if s.id == "" {
		return nil
	}
	return s.engine.remove(ctx, s.id)
}

// lastWords returns the end of a container's log, for an error message.
func (s *Server) lastWords() string {
	if s.id == "" {
		return ""
	}
	log, err := ask(context.Background(), s.engine.patience, "show what "+s.name+" said", func(ctx context.Context) (string, error) {
		var log strings.Builder // the engine was asked for a few lines only
		err := s.engine.pool.Client.Logs(docker.LogsOptions{
			Container: s.id, OutputStream: &log, ErrorStream: &log, Stdout: true, Stderr: true, Tail: "5", Context: ctx,
		})
		return log.String(), err
	})
	if err != nil || log == "" {
		return ""
	}
	return "; its last words: " + log
}
