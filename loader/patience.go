package loader

import (
	"context"
	"errors"
	"slices"
	"time"

	"onceover/loader/lock"
)

// Between attempts after a failure a worker waits twice as long each time.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
)

// patience waits between attempts, for one outage no longer than the configuration says.
type patience struct {
	cfg    Config
	waited time.Duration
	pause  time.Duration
}

func (c Config) patience() patience { return patience{cfg: c, pause: firstPause} }

// spent tells whether to wait once more would be too much.
func (p *patience) spent() bool { return p.waited > p.cfg.Patience }

// wait tells of an error that may pass, and waits. An error that it returns ends the work.
func (p *patience) wait(ctx context.Context, err error) error {
	if p.cfg.Trouble != nil {
		p.cfg.Trouble(p.cfg.explained(err), p.pause)
	}
	if err := p.cfg.Sleep(ctx, p.pause); err != nil {
		return err
	}
	p.waited += p.pause
	p.pause = min(2*p.pause, longestPause)
	return nil
}

// patiently does something until it succeeds, or fails in a way that may not pass.
func (c Config) patiently(ctx context.Context, passes func(error) bool, do func(context.Context) error) error {
	for p := c.patience(); ; {
		err := c.ended(ctx, do(ctx))
		if err == nil || p.spent() || !passes(err) || ctx.Err() != nil {
			return err
		}
		if err := p.wait(ctx, err); err != nil {
			return err
		}
	}
}

// answered tells whether an error is an answer of a server that is there, and may give
// another one soon. A server that is not there may be an address that is wrong.
func answered(err error) bool {
	m, known := meaningOf(err)
	return known && m.passes && !final(err)
}

// begin looks at both servers and sees to a plan. What they refuse for the time being is
// waited for.
func (c Config) begin(ctx context.Context, target *Target) error {
	if err := c.settle(ctx, target); err != nil {
		return err
	}
	var found readiness
	err := c.patiently(ctx, answered, func(ctx context.Context) (err error) {
		found, err = c.preflight(ctx, false)
		return err
	})
	if err != nil || found.plan != nil {
		return err
	}
	return c.patiently(ctx, answered, func(ctx context.Context) error { return c.plan(ctx, found.src) })
}

// Settle finds the node of the target that has the list, and changes nothing.
// LoadTogether does it by itself.
func (c Config) Settle(ctx context.Context, target *Target) error {
	c = c.withDefaults()
	return c.explained(c.settle(ctx, target))
}

func (c Config) settle(ctx context.Context, target *Target) error {
	return c.patiently(ctx, answered, func(ctx context.Context) error { return target.settle(ctx, c.Redis, c.Job.Keys()) })
}

// GoesOn tells whether the same command can go on after an error, once what it names is
// mended: it goes on from what Redis holds by then. After any other error nothing is promised.
func GoesOn(err error) bool {
	var problem *Error
	switch {
	case errors.As(err, &problem):
		return slices.Contains([]Problem{AccessDenied, Unreachable, Unready, Limited, TooLarge, Unfit}, problem.Problem)
	case errors.Is(err, context.Canceled):
		return true
	}
	return transient(err) && !errors.Is(err, lock.ErrPlanGone)
}
