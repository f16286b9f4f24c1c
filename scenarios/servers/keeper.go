package servers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// Labels with the name of a keeper: of the containers that it speaks for, and of its
// own, which have both.
const (
	keeperLabel = "onceover.keeper"
	keepsLabel  = "onceover.keeps"
)

// Times of a keeper, all of them together much less than a sweep's doubt.
const (
	keeperLook  = time.Second            // between two looks whether it runs
	keeperWait  = 2 * time.Second        // for what such a look finds
	keeperPause = 200 * time.Millisecond // before another life is tried
)

// keeper tells everyone who works with the engine, wherever that is, that this
// harness lives. It is a container whose only process reads its standard input, and
// the harness holds the other end. However the harness ends, the input ends with it,
// the process too, and the engine removes the container.
//
// If the stream is cut while the harness lives, or somebody removes the container,
// the keeper begins another life, a new container with the same labels. Until that
// one runs the engine knows no keeper: whoever sweeps has to look twice.
//
// Podman does not close the input (it knows no StdinOnce): there a keeper outlives a
// harness that was killed, until a start on the same host removes both.
type keeper struct {
	engine *Engine
	docker *client.Client
	image  string
	name   string

	stop func()
	done chan struct{} // closed once nothing begins another life
	life *life         // the watch alone touches it until then
}

// life is one container of a keeper.
type life struct {
	name  string
	input io.Closer
	ended chan struct{} // closed when the stream has ended
}

// startKeeper starts a keeper from an image that has the program cat.
func (e *Engine) startKeeper(ctx context.Context, image string) (*keeper, error) {
	docker, err := client.New(client.FromEnv, client.WithHost(e.pool.Client.Endpoint()))
	if err != nil {
		return nil, err
	}
	k := &keeper{engine: e, docker: docker, image: image, name: rand.Text(), done: make(chan struct{})}
	if k.life, err = k.begin(ctx); err != nil {
		return nil, errors.Join(err, docker.Close())
	}
	watching, stop := context.WithCancel(context.Background())
	k.stop = stop
	go k.watch(watching)
	return k, nil
}

// watch begins another life when one has ended.
func (k *keeper) watch(ctx context.Context) {
	defer close(k.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.life.ended:
		case <-time.After(keeperLook):
			if k.runs(ctx) {
				continue
			}
		}
		k.renew(ctx)
	}
}

// renew tries until another life has begun. The one before may not know that its
// stream was cut, so it is removed, but only then.
func (k *keeper) renew(ctx context.Context) {
	for told := false; ctx.Err() == nil; told = true {
		next, err := k.begin(ctx)
		if err == nil {
			before := k.life
			k.life = next
			before.input.Close()
			_ = k.engine.remove(ctx, before.name) // else it ends by itself
			return
		}
		if !told && ctx.Err() == nil {
			k.engine.progress("the keeper of the containers has ended and cannot be started again yet: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(keeperPause):
		}
	}
}

// runs tells whether the container runs, as far as the engine says.
func (k *keeper) runs(ctx context.Context) bool {
	found, err := ask(ctx, min(k.engine.patience, keeperWait), "look for the keeper", func(ctx context.Context) (client.ContainerListResult, error) {
		return k.docker.ContainerList(ctx, client.ContainerListOptions{Filters: make(client.Filters).Add("label", keepsLabel+"="+k.name)})
	})
	return err != nil || len(found.Items) > 0
}

// begin starts a container. The stream is there before it runs: were it attached
// later, a harness that is killed in between would leave an input that nobody ends.
func (k *keeper) begin(ctx context.Context) (*life, error) {
	l := &life{name: "onceover-keeper-" + strings.ToLower(rand.Text()), ended: make(chan struct{})}
	err := k.create(ctx, l)
	var stream client.ContainerAttachResult
	if err == nil {
		stream, err = ask(ctx, k.engine.patience, "attach to the keeper", func(ctx context.Context) (client.ContainerAttachResult, error) {
			return k.docker.ContainerAttach(ctx, l.name, client.ContainerAttachOptions{Stream: true, Stdin: true, Stdout: true})
		})
	}
	if err == nil {
		l.input = stream.Conn
		err = tell(ctx, startWait, "start the keeper", func(ctx context.Context) error {
			_, err := k.docker.ContainerStart(ctx, l.name, client.ContainerStartOptions{})
			return err
		})
	}
	if err != nil {
		if l.input != nil {
			l.input.Close()
		}
		return nil, errors.Join(err, k.engine.remove(context.WithoutCancel(ctx), l.name))
	}
	go func() {
		defer close(l.ended)
		_, _ = io.Copy(io.Discard, stream.Reader) // it says nothing; the end counts, not why
	}()
	return l, nil
}

// create is not given up on an interrupt: the engine would finish it all the same, and
// a container that is not there yet cannot be removed.
func (k *keeper) create(ctx context.Context, l *life) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	labels := k.mark(k.engine.owner.Labels())
	labels[keepsLabel] = k.name
	return tell(context.WithoutCancel(ctx), k.engine.patience, "create the keeper", func(ctx context.Context) error {
		_, err := k.docker.ContainerCreate(ctx, client.ContainerCreateOptions{
			Name: l.name,
			Config: &container.Config{
				Image: explicit(k.image), Entrypoint: []string{"cat"}, Cmd: []string{"-"}, Labels: labels,
				OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true,
			},
			HostConfig: &container.HostConfig{AutoRemove: true, NetworkMode: "none"},
		})
		return err
	})
}

// mark adds the keeper's label to those of a container.
func (k *keeper) mark(labels map[string]string) map[string]string {
	labels[keeperLabel] = k.name
	return labels
}

// end removes the keeper. What it spoke for has to be gone.
func (k *keeper) end(ctx context.Context) error {
	k.stop()
	<-k.done
	err := k.engine.remove(ctx, k.life.name) // before the input ends: then it is not the engine that removes it, later
	return errors.Join(err, k.life.input.Close(), k.docker.Close())
}

// keeping is the keeper of an engine, if it has one, and the images that are no good
// for one.
type keeping struct {
	mu     sync.Mutex
	keeper *keeper
	unfit  map[string]bool
}

// labels are those of a container that is about to be started from an image. The first
// one starts the keeper, from the same image. If that cannot be, as from an image
// without cat, or with an engine that lets nobody attach, the container is the owner's
// alone: what a kill leaves of it is then removed by a start on this host, and no other.
func (e *Engine) labels(ctx context.Context, image string) map[string]string {
	labels := e.owner.Labels()
	e.keeping.mu.Lock()
	defer e.keeping.mu.Unlock()
	if e.keeping.keeper == nil && !e.keeping.unfit[image] {
		k, err := e.startKeeper(ctx, image)
		if err == nil {
			e.keeping.keeper = k
		} else if ctx.Err() == nil {
			e.keeping.unfit[image] = true
			e.progress("no keeper from image %s, so only this host can remove what a kill would leave: %v", image, err)
		}
	}
	if e.keeping.keeper == nil {
		return labels
	}
	return e.keeping.keeper.mark(labels)
}

// Close ends what the engine needed for its servers, which have to be removed
// before. More servers may be started afterwards. It may be called twice.
func (e *Engine) Close(ctx context.Context) error {
	e.keeping.mu.Lock()
	defer e.keeping.mu.Unlock()
	if e.keeping.keeper == nil {
		return nil
	}
	err := e.keeping.keeper.end(ctx)
	e.keeping.keeper = nil
	if err != nil {
		return fmt.Errorf("end the keeper: %w", err)
	}
	return nil
}
