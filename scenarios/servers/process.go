package servers

import "context"

// Process is the id of a container's first process, which is the server, as this host
// numbers it. It is 0 where this host does not: the server was not started here, or the
// engine is on another host.
func (s *Server) Process(ctx context.Context) (int, error) {
	if s.id == "" || s.engine.reach.remote() {
		return 0, nil
	}
	c, err := s.inspect(ctx)
	if err != nil {
		return 0, err
	}
	return c.State.Pid, nil
}
