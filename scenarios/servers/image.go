package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ory/dockertest/v3/docker"

	"onceover/scenarios/servers/images"
)

// How long the stages of a first start usually take, for messages.
const (
	pullTime    = "usually less than a minute"
	prepareTime = "usually a quarter of a minute"
	buildTime   = "usually half a minute to a minute"
)

// pullSilence is how long a registry may say nothing before a pull is given up.
const pullSilence = time.Minute

// order is an image that a server needs: the one that the user named, or "".
type order struct {
	kind  images.Kind
	named string
}

// wanted is the image to pull.
func (o order) wanted() string {
	if o.named != "" {
		return o.named
	}
	pulled, _ := images.Names(o.kind)
	return fromHub(pulled)
}

// stock is the images that were asked for, and why some cannot be had: what
// failed once is not tried again for the next server.
type stock struct {
	mu     sync.Mutex
	names  map[order]string
	errors map[order]error
}

// Images gets the images of servers, side by side. An image is used if it is
// here; else it is pulled; else, unless the user named it, it is built from
// Debian's packages. Later servers use the same images.
func (e *Engine) Images(ctx context.Context, named map[images.Kind]string) error {
	e.stock.mu.Lock()
	defer e.stock.mu.Unlock()
	var missing []order
	var failed []error
	for _, kind := range images.Kinds() {
		name, asked := named[kind]
		if o := (order{kind, name}); asked && e.stock.names[o] == "" {
			missing = append(missing, o)
			failed = append(failed, e.stock.errors[o])
		}
	}
	if err := errors.Join(failed...); err != nil || len(missing) == 0 {
		return err
	}
	return e.obtain(ctx, missing)
}

// obtain gets images that were not asked for before.
func (e *Engine) obtain(ctx context.Context, missing []order) error {
	missing, err := e.absent(ctx, missing)
	if err != nil || len(missing) == 0 {
		return err
	}
	refused, err := e.pullAll(ctx, missing)
	if err == nil && len(refused) > 0 {
		err = e.buildAll(ctx, refused)
	}
	if err != nil && ctx.Err() == nil {
		for _, o := range missing {
			if e.stock.names[o] == "" {
				e.stock.errors[o] = err
			}
		}
	}
	return err
}

// absent notes the images that are here, and returns the others.
func (e *Engine) absent(ctx context.Context, orders []order) (rest []order, err error) {
	for _, o := range orders {
		name, err := e.present(ctx, o)
		if err != nil {
			return nil, err
		}
		if name == "" {
			rest = append(rest, o)
			continue
		}
		e.stock.names[o] = name
	}
	return rest, nil
}

// pullAll pulls images side by side. It returns those that have to be built
// instead.
func (e *Engine) pullAll(ctx context.Context, orders []order) (refused []order, err error) {
	e.progress("not here: %s; pulling (%s)", list(orders, order.wanted), pullTime)
	reasons := sideBySide(orders, func(o order) error { return e.pull(ctx, o.wanted()) })
	var failed []error
	for i, o := range orders {
		switch {
		case reasons[i] == nil:
			e.stock.names[o] = o.wanted()
		case o.named != "" || ctx.Err() != nil:
			failed = append(failed, fmt.Errorf("image %s is not here and cannot be pulled: %w", o.wanted(), reasons[i]))
		default:
			e.progress("%s cannot be pulled: %v", o.wanted(), reasons[i])
			refused = append(refused, o)
		}
	}
	return refused, errors.Join(failed...)
}

// buildAll builds images from Debian's packages, side by side, once what that
// needs is installed.
func (e *Engine) buildAll(ctx context.Context, orders []order) error {
	names := list(orders, order.wanted)
	if images.Unprepared() {
		e.progress("to build %s, the Debian package mmdebstrap is needed (%s)", names, prepareTime)
	}
	if err := images.Prepare(ctx, e.stages("mmdebstrap")); err != nil {
		return fmt.Errorf("image %s cannot be pulled and cannot be built: %w", names, err)
	}
	e.progress("building %s from Debian packages (%s)", list(orders, order.built), buildTime)
	reasons := sideBySide(orders, func(o order) error { return e.build(ctx, o) })
	var failed []error
	for i, o := range orders {
		if reasons[i] != nil {
			failed = append(failed, fmt.Errorf("image %s cannot be pulled and cannot be built: %w", o.wanted(), reasons[i]))
			continue
		}
		e.stock.names[o] = o.built()
	}
	return errors.Join(failed...)
}

func (o order) built() string {
	_, built := images.Names(o.kind)
	return built
}

// build builds one image, unless another process has done so meanwhile.
func (e *Engine) build(ctx context.Context, o order) error {
	return images.Exclusive(ctx, string(o.kind), func() error {
		if name, err := e.present(ctx, o); err != nil || name != "" {
			return err
		}
		return images.Build(ctx, o.kind, o.built(), e.stages(o.built()))
	})
}

// stages reports what a build is doing as progress.
func (e *Engine) stages(of string) io.Writer {
	return images.Stages(func(stage string) { e.progress("  %s: %s", of, stage) })
}

// image returns the name of the image of a server that is about to be started.
func (e *Engine) image(ctx context.Context, kind images.Kind, named string) (string, error) {
	err := e.Images(ctx, map[images.Kind]string{kind: named})
	e.stock.mu.Lock()
	defer e.stock.mu.Unlock()
	return e.stock.names[order{kind, named}], err
}

// Present returns the name of the image of a kind that is here, or "".
func (e *Engine) Present(ctx context.Context, kind images.Kind) (string, error) {
	return e.present(ctx, order{kind: kind})
}

func (e *Engine) present(ctx context.Context, o order) (string, error) {
	candidates := []string{o.wanted()}
	if o.named == "" {
		pulled, built := images.Names(o.kind)
		candidates = append(candidates, pulled, built)
	}
	for _, name := range candidates {
		_, err := ask(ctx, e.patience, "look for image "+name, func(context.Context) (*docker.Image, error) { return e.pool.Client.InspectImage(name) })
		if err == nil {
			return name, nil
		} else if !errors.Is(err, docker.ErrNoSuchImage) {
			return "", fmt.Errorf("look for image %s: %w", name, err)
		}
	}
	return "", nil
}

func (e *Engine) pull(ctx context.Context, name string) error {
	repository, tag := name, "latest"
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		repository, tag = name[:i], name[i+1:]
	}
	return e.pool.Client.PullImage(
		docker.PullImageOptions{
			Repository: repository, Tag: tag, Context: ctx, InactivityTimeout: pullSilence,
			RawJSONStream: true, OutputStream: newLayers(func(text string) { e.progress("  %s: %s", name, text) }),
		},
		docker.AuthConfiguration{})
}

// sideBySide does something to all of some at once, and returns how each ended.
func sideBySide(orders []order, do func(order) error) []error {
	ends := make([]error, len(orders))
	var all sync.WaitGroup
	for i, o := range orders {
		all.Go(func() { ends[i] = do(o) })
	}
	all.Wait()
	return ends
}

// list names images: "redis:8.0 and mysql:9.7".
func list(orders []order, name func(order) string) string {
	var names []string
	for _, o := range orders {
		names = append(names, name(o))
	}
	return strings.Join(slices.Compact(names), " and ")
}

// BuildImages builds both images from Debian's packages, present or not.
func BuildImages(ctx context.Context, progress io.Writer) error {
	if err := images.Prepare(ctx, progress); err != nil {
		return err
	}
	for _, kind := range images.Kinds() {
		_, built := images.Names(kind)
		if err := images.Build(ctx, kind, built, progress); err != nil {
			return err
		}
	}
	return nil
}
