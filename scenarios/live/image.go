package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ory/dockertest/v3/docker"

	"onceover/scenarios/live/images"
)

// image returns the name of an image that is present: the one that the user
// named, or the well-known one, or the one built here before; else it is
// pulled; else it is built from Debian's packages.
func (e *Engine) image(ctx context.Context, kind images.Kind, named string) (string, error) {
	e.looking[kind].Lock()
	defer e.looking[kind].Unlock()
	pulled, built := images.Names(kind)
	candidates := []string{pulled, built}
	if named != "" {
		candidates = []string{named}
	}
	if name, err := e.present(candidates); err != nil || name != "" {
		return name, err
	}
	e.progress("pulling image %s", candidates[0])
	pullErr := e.pull(ctx, candidates[0])
	if pullErr == nil {
		return candidates[0], nil
	}
	if named != "" {
		return "", fmt.Errorf("image %s is not here and cannot be pulled: %w", named, pullErr)
	}
	e.progress("it cannot be pulled; building %s from Debian packages (about half a minute)", built)
	var log bytes.Buffer
	if err := images.Build(ctx, kind, built, &log); err != nil {
		return "", fmt.Errorf("image %s cannot be pulled (%w) and cannot be built: %w", pulled, pullErr, err)
	}
	return built, nil
}

// Present returns the name of the image of a kind that is here, or "".
func (e *Engine) Present(kind images.Kind) (string, error) {
	pulled, built := images.Names(kind)
	return e.present([]string{pulled, built})
}

func (e *Engine) present(candidates []string) (string, error) {
	for _, name := range candidates {
		if _, err := e.pool.Client.InspectImage(name); err == nil {
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
		docker.PullImageOptions{Repository: repository, Tag: tag, Context: ctx},
		docker.AuthConfiguration{})
}

// BuildImages builds both images from Debian's packages, present or not.
func BuildImages(ctx context.Context, progress io.Writer) error {
	for _, kind := range []images.Kind{images.Redis, images.MySQL} {
		_, built := images.Names(kind)
		if err := images.Build(ctx, kind, built, progress); err != nil {
			return err
		}
	}
	return nil
}
