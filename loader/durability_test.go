package loader_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
)

func (f *fixture) durable(d loader.Durability) loader.Config {
	cfg := f.config(0, defaultStrategy)
	cfg.Workers, cfg.Planned, cfg.Durability, cfg.Patience = 2, func(*loader.Plan) {}, d, time.Millisecond
	return cfg
}

// Complete is said of rows that are where they were asked to be, and where they can never
// be, nothing is loaded.
func TestRowsAreConfirmedBeforeAJobIsComplete(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	for d, want := range map[loader.Durability]loader.Problem{loader.InAOF: loader.Unfit, loader.OnReplica: loader.Unfit, "paper": loader.BadJob} {
		_, err := f.loadTogether(f.durable(d))
		wantProblem(t, err, want)
		f.wantUnchanged(string(d), map[string]string{})
	}
	f.set("appendonly", "yes")
	f.set("appendfsync", "no") // the file is there, and nothing says that it is on disk
	_, err := f.loadTogether(f.durable(loader.InAOF))
	wantProblem(t, err, loader.Unready)
	f.set("appendfsync", "everysec")
	cfg := f.durable(loader.InAOF)
	cfg.Patience = time.Minute
	if _, err := f.loadTogether(cfg); err != nil {
		t.Error(err)
	}
	f.wantEach(30, 1)
}

// restarts makes a server look as if it had come back in the middle of a confirmation,
// once.
type restarts struct{ confirmations int }

func (*restarts) DialHook(next redis.DialHook) redis.DialHook { return next }
func (*restarts) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (r *restarts) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		switch {
		case cmd.Name() == "waitaof" && cmd.Args()[1] == 1:
			r.confirmations++
		case cmd.Name() == "info" && r.confirmations == 1:
			info := cmd.(*redis.StringCmd)
			info.SetVal(strings.Replace(info.Val(), "run_id:", "run_id:another", 1))
		}
		return err
	}
}

func TestNoConfirmationIsTakenFromAnotherLifeOfTheServer(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	f.set("appendonly", "yes")
	cfg := f.durable(loader.InAOF)
	cfg.Patience = time.Minute
	hook := new(restarts)
	cfg.Redis.AddHook(hook)
	if _, err := f.loadTogether(cfg); err != nil || hook.confirmations < 2 {
		t.Errorf("%d confirmations, %v", hook.confirmations, err)
	}
}
