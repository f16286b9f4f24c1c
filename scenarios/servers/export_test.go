package servers

import (
	"context"
	"time"
)

// DialInDoubt is Dial with another time between the two looks of a sweep.
func DialInDoubt(ctx context.Context, doubt time.Duration) (*Engine, error) {
	e, err := newEngine(nil, answerWait)
	if err != nil {
		return nil, err
	}
	e.doubt = doubt
	return e, e.sweep(ctx)
}

// Move makes what the engine starts from now on be that of a harness on another host.
func (e *Engine) Move(host string) { e.owner.Host = host }

// Endpoint is where the engine is reached.
func (e *Engine) Endpoint() string { return e.pool.Client.Endpoint() }

// ID is that of the server's container.
func (s *Server) ID() string { return s.id }
