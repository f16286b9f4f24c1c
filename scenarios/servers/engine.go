// Package servers starts Redis and MySQL in containers, kills them, starts them
// again and removes them. It knows the Docker engine and the images; what runs on
// the servers, and why one is killed, is for others to know.
package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/ory/dockertest/v3"
	"github.com/ory/dockertest/v3/docker"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

// ErrNoEngine says that there is no Docker engine to work with.
var ErrNoEngine = errors.New("servers: no Docker engine answers")

// Engine is the Docker engine of this machine, or one that is reached by TCP.
type Engine struct {
	pool     *dockertest.Pool
	progress func(format string, args ...any)
	patience time.Duration // how long it may take for an answer
	doubt    time.Duration // how long a container is in doubt before it is swept
	owner    Owner         // of the containers
	reach    reach

	stock   stock
	keeping keeping
}

// Dial reaches the engine and removes what harnesses that are gone left in it. Close
// is called when the last server was removed. Progress, which may be nil, is told about anything that takes time.
func Dial(ctx context.Context, progress func(format string, args ...any)) (*Engine, error) {
	return dial(ctx, progress, answerWait)
}

func dial(ctx context.Context, progress func(format string, args ...any), patience time.Duration) (*Engine, error) {
	e, err := newEngine(progress, patience)
	if err == nil {
		err = tell(ctx, min(patience, dialWait), "say that it is there", e.pool.Client.PingWithContext)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEngine, err)
	}
	return e, e.sweep(ctx)
}

func newEngine(progress func(format string, args ...any), patience time.Duration) (*Engine, error) {
	if progress == nil {
		progress = func(string, ...any) {}
	}
	host, err := endpoint()
	if err != nil {
		return nil, err
	}
	reach := reachOf(host)
	quieten(reach)
	if host != "" {
		os.Setenv("DOCKER_HOST", host) // so that both libraries work with the same engine
	}
	pool, err := dockertest.NewPool(host)
	return &Engine{
		pool: pool, progress: progress, patience: patience, doubt: doubtWait, owner: OwnerOf(os.Getpid()), reach: reach,
		stock:   stock{names: map[order]string{}, errors: map[order]error{}},
		keeping: keeping{unfit: map[string]bool{}},
	}, err
}

// quieten tells the libraries what this package does itself: it removes its
// containers without a reaper (whose image may not be there), knows where to reach
// them, and reports on its own. They read it from the
// environment.
func quieten(r reach) {
	os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	os.Setenv("TESTCONTAINERS_HOST_OVERRIDE", r.host)
	tclog.SetDefault(tclog.NewNoopLogger())
	_ = mysql.SetLogger(log.New(io.Discard, "", 0)) // fails for nil only
}

// Cure says what to do about an error of the engine, or "".
func Cure(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "let this user reach the engine's socket, as by sudo usermod -aG docker $USER and a new login"
	case errors.Is(err, ErrSilent):
		return "restart the Docker engine"
	case errors.Is(err, ErrNoEngine):
		return "start Docker"
	}
	return ""
}

// Try starts a container from an image that is here, reaches it, and removes it.
func (e *Engine) Try(ctx context.Context) (addr string, err error) {
	server, err := e.StartRedis(ctx, "", "")
	if err != nil {
		return "", errors.Join(err, e.Close(context.WithoutCancel(ctx)))
	}
	addr, err = server.Addr()
	ctx = context.WithoutCancel(ctx)
	return addr, errors.Join(err, server.Remove(ctx), e.Close(ctx))
}

// Version tells the engine's version.
func (e *Engine) Version(ctx context.Context) (string, error) {
	v, err := ask(ctx, e.patience, "tell its version", func(context.Context) (*docker.Env, error) { return e.pool.Client.Version() })
	if err != nil {
		return "", err
	}
	return v.Get("Version"), nil
}

func (e *Engine) remove(ctx context.Context, id string) error {
	err := tell(ctx, e.patience, "remove a container", func(ctx context.Context) error {
		return e.pool.Client.RemoveContainer(docker.RemoveContainerOptions{
			ID: id, Force: true, RemoveVolumes: true, Context: ctx,
		})
	})
	var gone *docker.NoSuchContainer
	var refused *docker.Error
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusConflict && strings.Contains(refused.Message, "already in progress"):
		return nil // somebody else removes it
	case err != nil && !errors.As(err, &gone):
		return fmt.Errorf("remove container %.12s: %w", id, err)
	}
	return nil
}
