package servers

import (
	"context"
	"fmt"
)

// StartReplica starts a Redis that can follow another one of the same kind, see StartRedis.
func (e *Engine) StartReplica(ctx context.Context, image, fsync string) (*Server, error) {
	return e.startRedis(ctx, "the replica of Redis", image, fsync)
}

// Inside is where another container of the engine reaches a server. It may be another
// address in its next life.
func (s *Server) Inside(ctx context.Context) (host, port string, err error) {
	if s.id == "" {
		return "", "", ErrNotOurs
	}
	c, err := s.inspect(ctx)
	if err != nil {
		return "", "", err
	}
	if host = c.NetworkSettings.IPAddress; host != "" {
		return host, s.port, nil
	}
	for _, network := range c.NetworkSettings.Networks {
		if network.IPAddress != "" {
			return network.IPAddress, s.port, nil
		}
	}
	return "", "", fmt.Errorf("the Docker engine gives %s no address at which another container reaches it", s.name)
}

// Swap lets two servers of the same kind change places: each goes on under the name of the
// other, and whoever asks for its address is led to the other. Nobody may use either meanwhile,
// but to ask where it is.
func (s *Server) Swap(other *Server) {
	s.id, other.id = other.id, s.id
	s.started, other.started = other.started, s.started
	addr := s.addr.Load()
	s.addr.Store(other.addr.Load())
	other.addr.Store(addr)
}
