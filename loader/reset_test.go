package loader_test

import (
	"context"
	"sync"
	"testing"

	"onceover/loader"
)

// reset begins the job of the fixture anew.
func (f *fixture) reset(token string) {
	f.t.Helper()
	cfg := f.config(9, defaultStrategy)
	cfg.Token = token
	life, err := cfg.Life(f.t.Context())
	if err == nil {
		err = cfg.Reset(f.t.Context(), life)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// Wherever a worker of the old life is when its job begins anew, though table and
// options are the same: nothing that it does counts in the new life.
func TestAWorkerOfTheOldLifeDoesNotMixWithTheNew(t *testing.T) {
	for _, step := range []loader.Step{loader.Claimed, loader.Read, loader.Committing, loader.Committed, loader.Released} {
		f := newFixture(t)
		f.rows(50)
		old := f.config(0, defaultStrategy)
		var once sync.Once
		old.Hook = func(_ context.Context, at loader.Step, _ int) {
			if at == step {
				once.Do(func() {
					f.exec("UPDATE t SET payload = 'new'")
					f.reset("second")
				})
			}
		}
		_, err := loader.Load(t.Context(), old)
		wantProblem(t, err, loader.ForeignPlan)
		if n := f.redis.LLen(t.Context(), "list").Val(); n != 0 {
			t.Errorf("%s: %d elements of the old life are in the new list", step, n)
		}
		f.together(f.config(1, defaultStrategy))
		f.wantEach(50, 1)
	}
}

// The job that was looked at is the one that is deleted.
func TestALifeIsDeletedOnce(t *testing.T) {
	f := newFixture(t)
	f.rows(50)
	f.together(f.config(0, defaultStrategy))
	f.redis.Set(t.Context(), "{list}:lock:3", "somebody", 0)
	cfg := f.config(1, defaultStrategy)
	before := f.dump()
	life, err := cfg.Life(t.Context())
	if err != nil || life.Elements != 50 || life.Chunks != 5 || life.Marked != 5 || life.Locks != 1 {
		t.Fatalf("%+v, %v", life, err)
	}
	f.wantUnchanged("a look", before)
	f.reset("second")
	if f.redis.Exists(t.Context(), "list", "{list}:chunks", "{list}:owners", "{list}:lock:3").Val() != 0 {
		t.Error("something of the old life is left")
	}
	before = f.dump()
	wantProblem(t, cfg.Reset(t.Context(), life), loader.ForeignPlan)
	f.wantUnchanged("a second reset", before)
}

// What the loader refuses to begin with can be begun anew.
func TestResetCuresAPlanThatCannotBeRead(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	for name, spoil := range map[string]func(){
		"marks without a plan":   func() { f.redis.SetBit(t.Context(), "{list}:chunks", 0, 1) },
		"a plan that is no plan": func() { f.redis.HSet(t.Context(), "{list}:plan", "id", "x", "body", "x") },
		"a list without a plan":  func() { f.redis.LPush(t.Context(), "list", `{"id":1}`) },
		"nothing that was there": func() {},
	} {
		f.flush()
		spoil()
		f.reset("another " + name)
		f.together(f.config(1, defaultStrategy))
		f.wantEach(20, 1)
	}
}

func TestResetWithoutTheRightDeletesNothing(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	f.together(f.config(0, defaultStrategy))
	f.asUser(f.rights()...)
	cfg := f.config(1, defaultStrategy)
	life, err := cfg.Life(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := f.dump()
	wantProblem(t, cfg.Reset(t.Context(), life), loader.AccessDenied)
	f.wantUnchanged("a reset without the right", before)
	f.acl("+unlink")
	if err := cfg.Reset(t.Context(), life); err != nil {
		t.Error(err)
	}
}
