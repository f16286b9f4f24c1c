package servers

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrSilent says that the Docker engine takes too long for an answer.
var ErrSilent = errors.New("the Docker engine does not answer")

// How long the engine may take: to say that it is there, for an answer, and to make
// and start a container.
const (
	dialWait   = 10 * time.Second
	answerWait = 30 * time.Second
	startWait  = 2 * time.Minute
)

// ask calls the engine and gives it up if no answer comes in time, whether or not
// the library that carries the call takes notice of the context.
func ask[T any](ctx context.Context, within time.Duration, what string, call func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	calling, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	answers := make(chan answer, 1)
	go func() {
		value, err := call(calling)
		answers <- answer{value, err}
	}()
	var a answer
	select {
	case a = <-answers:
		if a.err == nil || calling.Err() == nil {
			return a.value, a.err
		}
	case <-calling.Done():
	}
	if err := ctx.Err(); err != nil {
		return a.value, err
	}
	return a.value, fmt.Errorf("%w: asked to %s, it said nothing for %s", ErrSilent, what, within)
}

// tell is ask for calls whose answer is only whether they failed.
func tell(ctx context.Context, within time.Duration, what string, call func(context.Context) error) error {
	_, err := ask(ctx, within, what, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) })
	return err
}
