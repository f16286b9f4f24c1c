package lock

import (
	"context"
	"errors"
)

// InTurn makes one session of several: each is asked until it says [ErrDone], and then the next.
func InTurn(sessions ...Session) Session { return &inTurn{sessions} }

type inTurn struct{ left []Session }

func (s *inTurn) Next(ctx context.Context) (Claim, error) {
	for {
		claim, err := s.left[0].Next(ctx)
		if !errors.Is(err, ErrDone) || len(s.left) == 1 {
			return claim, err
		}
		if err := s.left[0].Close(); err != nil {
			return nil, err
		}
		s.left = s.left[1:]
	}
}

func (s *inTurn) Close() error {
	var all []error
	for _, one := range s.left {
		all = append(all, one.Close())
	}
	return errors.Join(all...)
}
