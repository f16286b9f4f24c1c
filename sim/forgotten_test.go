package sim_test

import (
	"context"
	"errors"
	"testing"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/sim"
)

// hasty is the default strategy, but for its first answer: that nothing is
// left. That is how it looks when Redis forgets everything right after it
// was asked. Before it says so it calls meanwhile.
func hasty(meanwhile func(ctx context.Context, env lock.Env) error) lock.Strategy {
	strategy := lock.Default()
	open := strategy.Open
	strategy.Open = func(ctx context.Context, env lock.Env) (lock.Session, error) {
		session, err := open(ctx, env)
		return &hastySession{Session: session, env: env, meanwhile: meanwhile}, err
	}
	return strategy
}

type hastySession struct {
	lock.Session
	env       lock.Env
	meanwhile func(context.Context, lock.Env) error
	answered  bool
}

func (s *hastySession) Next(ctx context.Context) (lock.Claim, error) {
	if s.answered {
		return s.Session.Next(ctx)
	}
	s.answered = true
	if err := s.meanwhile(ctx, s.env); err != nil {
		return nil, err
	}
	return nil, lock.ErrDone
}

// alone lets one worker do a job without faults, and returns what it says and
// whether all rows arrived.
func alone(strategy lock.Strategy) (said error, complete bool) {
	_, err := sim.Prepare(sim.Setup{
		Name: strategy.Name, Workers: 1, Chunks: 2,
		Program: func(ctx context.Context, env sim.Env) error {
			said = sim.Loader(strategy)(ctx, env)
			return said
		},
	})
	return said, err == nil
}

func TestNothingIsDoneAsLongAsMarksAreMissing(t *testing.T) {
	said, complete := alone(hasty(func(context.Context, lock.Env) error { return nil }))
	if said != nil || !complete {
		t.Errorf("the load says %v, complete %t", said, complete)
	}
}

// Marks under another plan say nothing of this one's chunks.
func TestMarksOfAnotherPlanAreNotTakenForOnesOwn(t *testing.T) {
	said, _ := alone(hasty(func(ctx context.Context, env lock.Env) error {
		env.Redis.HSet(ctx, env.Keys.Plan, "id", "another")
		return env.Redis.Set(ctx, env.Keys.Chunks, "\xff", 0).Err()
	}))
	if problem := new(loader.Error); !errors.As(said, &problem) || problem.Problem != loader.ForeignPlan || problem.Try == "" {
		t.Errorf("the load says %v", said)
	}
}
