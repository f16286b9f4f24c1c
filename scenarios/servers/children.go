package servers

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/ory/dockertest/v3/docker"
)

// endChildren kills the processes that the first one of a container has started, and names
// them. It needs nothing of the image but a shell.
const endChildren = `for s in /proc/[0-9]*/stat; do read -r pid name state parent rest <"$s" && [ "$parent" = 1 ] && kill -9 "$pid" && echo "$pid"; done; :`

// KillChildren ends the processes that the server has started, such as the one that saves
// what a Redis holds, and returns their numbers in the container.
func (s *Server) KillChildren(ctx context.Context) (killed []string, err error) {
	if s.id == "" {
		return nil, ErrNotOurs
	}
	said, err := ask(ctx, s.engine.patience, "run a command beside "+s.name, func(ctx context.Context) (string, error) {
		client := s.engine.pool.Client
		e, err := client.CreateExec(docker.CreateExecOptions{
			Container: s.id, Cmd: []string{"sh", "-c", endChildren}, AttachStdout: true, AttachStderr: true, Context: ctx,
		})
		if err != nil {
			return "", err
		}
		var out, failure bytes.Buffer
		if err := client.StartExec(e.ID, docker.StartExecOptions{OutputStream: &out, ErrorStream: &failure, Context: ctx}); err != nil {
			return "", err
		}
		if text := strings.TrimSpace(failure.String()); text != "" && out.Len() == 0 {
			return "", fmt.Errorf("sh: %s", text)
		}
		return out.String(), nil
	})
	if err != nil {
		return nil, fmt.Errorf("kill what %s has started: %w", s.name, err)
	}
	return strings.Fields(said), nil
}
