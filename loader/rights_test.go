package loader_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/scenarios/servers/serverstest"
)

// commandsOf lists what a rule of rights allows.
func commandsOf(rights string) (commands []string) {
	for _, word := range strings.Fields(rights) {
		if command, ok := strings.CutPrefix(word, "+"); ok {
			commands = append(commands, command)
		}
	}
	return commands
}

// asUser gives a user of Redis rights, and makes the fixture's workers that user.
func (f *fixture) asUser(rights ...any) {
	f.t.Helper()
	f.acl(append([]any{"reset", "on", ">" + password}, rights...)...)
	f.t.Cleanup(func() { f.redis.Do(f.t.Context(), "ACL", "DELUSER", "app") })
	f.options.Username, f.options.Password = "app", password
}

const password = "secret"

func (f *fixture) acl(rules ...any) {
	f.t.Helper()
	if err := f.redis.Do(f.t.Context(), append([]any{"ACL", "SETUSER", "app"}, rules...)...).Err(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) rights() []any { return f.rightsOf(loader.Job{List: "list"}) }

func (f *fixture) rightsOf(job loader.Job) (rules []any) {
	for _, word := range strings.Fields(loader.RedisRights(job, defaultStrategy)) {
		rules = append(rules, word)
	}
	return rules
}

func TestTheRightsThatAreNamedSuffice(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.asUser(f.rights()...)
	f.together(f.config(0, defaultStrategy), f.config(1, defaultStrategy))
	f.wantEach(95, 1)
}

// Whichever command is taken away, and whenever: what a job says is true, and the
// same command again, with the right given back, makes it complete.
func TestNoRightThatIsTakenAwayCostsARow(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.asUser(f.rights()...)
	told := 0
	for _, command := range commandsOf(loader.RedisRights(loader.Job{List: "list"}, defaultStrategy)) {
		for _, after := range []int{0, 3} {
			f.flush()
			f.acl(f.rights()...)
			cfg := f.config(0, defaultStrategy)
			take := func() { f.acl("-" + command) }
			if after == 0 {
				take()
			}
			chunks := 0
			cfg.Progress = func(int, int) {
				if chunks++; chunks == after {
					take()
				}
			}
			_, err := loader.Load(t.Context(), cfg)
			f.wantToldOrComplete(err, "+"+command)
			if err != nil {
				told++
			}
			f.acl("+" + command)
			f.together(f.config(1, defaultStrategy), f.config(2, defaultStrategy))
			f.wantEach(95, 1)
			if t.Failed() {
				t.Fatalf("without %s after %d chunks: the load said %v", command, after, err)
			}
		}
	}
	if told < 20 {
		t.Errorf("a right that was missing was told %d times", told)
	}
}

// wantToldOrComplete wants an error that names what is missing, or a list in which
// every row is.
func (f *fixture) wantToldOrComplete(err error, cure string) {
	f.t.Helper()
	if err == nil {
		f.wantEach(95, 1)
		return
	}
	if problem := wantProblem(f.t, err, loader.AccessDenied); !strings.Contains(problem.Try, cure) {
		f.t.Errorf("%v: try %q, want %s in it", problem, problem.Try, cure)
	}
}

func (f *fixture) flush() {
	f.t.Helper()
	if err := f.redis.FlushAll(f.t.Context()).Err(); err != nil {
		f.t.Fatal(err)
	}
}

// A right that the job will need only later is missed before anything is written.
func TestRightsAreAskedForBeforeTheFirstWrite(t *testing.T) {
	for _, missing := range []string{"-lpush", "-setbit", "-set", "-del", "-hset", "-getbit"} {
		f := newFixture(t)
		f.rows(20)
		f.asUser(append(f.rights(), missing)...)
		_, err := loader.Load(t.Context(), f.config(0, defaultStrategy))
		wantProblem(t, err, loader.AccessDenied)
		if dump := f.dump(); len(dump) > 0 {
			t.Errorf("%s: %v was written", missing, dump)
		}
	}
}

// Keys can be out of reach too, and a rule for the list alone is what people try.
func TestKeysOutOfReachAreNamed(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	f.asUser("~list", "+@all")
	_, err := loader.Load(t.Context(), f.config(0, defaultStrategy))
	problem := wantProblem(t, err, loader.AccessDenied)
	if !strings.Contains(problem.Try, "~{list}:*") || len(f.dump()) > 0 {
		t.Errorf("%v, try %q; %v was written", problem, problem.Try, f.dump())
	}
}

// A server without a command is one on which it was renamed. The job of a server that
// has it is tried there, from the beginning and in its middle, and goes on where it was.
func TestNoCommandThatIsRenamedCostsARow(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	half := f.halfDone()
	for _, need := range defaultStrategy.Needs(f.config(0, defaultStrategy).Job.Keys()) {
		lacking := f.without(need.Command)
		_, err := loader.Load(t.Context(), lacking.config(0, defaultStrategy))
		wantProblem(t, err, loader.AccessDenied)
		if dump := lacking.dump(); len(dump) > 0 {
			t.Errorf("without %s: %v was written", need.Command, dump)
		}
		lacking.restore(half)
		_, err = loader.Load(t.Context(), lacking.config(0, defaultStrategy))
		left := lacking.dump()
		f.flush()
		f.restore(left)
		if err == nil {
			f.wantEach(95, 1)
		}
		f.together(f.config(1, defaultStrategy))
		f.wantEach(95, 1)
		if t.Failed() {
			t.Fatalf("without %s: the load said %v", need.Command, err)
		}
	}
}

var errEnough = errors.New("enough")

// halfDone is what Redis holds in the middle of a job.
func (f *fixture) halfDone() map[string]string {
	f.t.Helper()
	ctx, stop := context.WithCancelCause(f.t.Context())
	cfg := f.config(0, defaultStrategy)
	chunks := 0
	cfg.Progress = func(int, int) {
		if chunks++; chunks == 4 {
			stop(errEnough)
		}
	}
	if _, err := loader.Load(ctx, cfg); err == nil {
		f.t.Fatal("the load was not stopped")
	}
	return f.dump()
}

// without is a fixture with the same table and a Redis that lacks a command.
func (f *fixture) without(command string) *fixture {
	f.t.Helper()
	server, err := serverstest.Engine(f.t).StartRedis(f.t.Context(), "", "", "--rename-command", command, "")
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { server.Remove(f.t.Context()) })
	addr, err := server.Addr()
	if err != nil {
		f.t.Fatal(err)
	}
	g := *f
	g.options = &redis.Options{Addr: addr, DialerRetries: 1}
	g.redis = redis.NewClient(g.options)
	f.t.Cleanup(func() { g.redis.Close() })
	return &g
}

func (f *fixture) restore(dump map[string]string) {
	f.t.Helper()
	for key, value := range dump {
		if err := f.redis.Restore(f.t.Context(), key, 0, value).Err(); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestRightsOfListsWithUnusualNames(t *testing.T) {
	for list, want := range map[string]string{
		"orders":   "~orders ~{orders}:*",
		"{shop}:a": "~{shop}:a ~{shop}:a#*",
		"q[1]":     `"~q\\[1\\]" "~{q\\[1\\]}:*"`,
		"a*b":      `"~a\\*b" "~{a\\*b}:*"`,
		"a b":      `"~a b" "~{a b}:*"`,
	} {
		if got := loader.RedisRights(loader.Job{List: list}, defaultStrategy); !strings.HasPrefix(got, want+" +") {
			t.Errorf("list %s: %s, want %s", list, got, want)
		}
	}
}
