package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onceover/faults"
	"onceover/scenarios/servers"
)

func TestTroubleIsWhatChangesBetweenTwoAnswers(t *testing.T) {
	now := time.Now()
	uptime := func(after, answer, uptime time.Duration) pulse {
		return pulse{started: startedAt(now.Add(after), now.Add(after+answer), uptime)}
	}
	info := func(runID, evicted, oom string) pulse {
		return redisPulse("run_id:" + runID + "\r\nevicted_keys:" + evicted + "\r\nerrorstat_OOM:count=" + oom + "\r\nerrorstat_ERR:count=9\r\n")
	}
	for name, c := range map[string]struct {
		before, after pulse
		want          []string
	}{
		"nothing":              {info("a", "1", "2"), info("a", "1", "2"), nil},
		"another life":         {info("a", "1", "2"), info("b", "0", "0"), []string{"was started anew"}},
		"an uptime from later": {uptime(0, 0, 9*time.Second), uptime(5*time.Second, 0, 11*time.Second), []string{"was started anew"}},
		"an uptime of now":     {uptime(0, 0, 9*time.Second), uptime(5*time.Second, time.Second, 0), []string{"was started anew"}},
		"an uptime rounded":    {uptime(0, 0, 9*time.Second), uptime(5*time.Second, 0, 13*time.Second), nil},
		"a late answer":        {uptime(0, 9*time.Second, 9*time.Second), uptime(5*time.Second, 9*time.Second, 14*time.Second), nil},
		"evicted and refused":  {info("a", "1", "2"), info("a", "3", "3"), []string{"evicted a key 2 times", "refused a command with OOM 1 time"}},
		"a first refusal":      {redisPulse("run_id:a\r\n"), redisPulse("run_id:a\r\nerrorstat_MISCONF:count=4\r\n"), []string{"refused a command with MISCONF 4 times"}},
	} {
		if got := c.before.trouble(c.after); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// server answers as long as it is not silent.
func server(silent *bool, life *string) *watched {
	return &watched{Server: servers.Given("Redis", "nowhere"), ask: func(context.Context) (pulse, error) {
		if *silent {
			return pulse{}, errors.New("no answer")
		}
		return pulse{life: *life}, nil
	}}
}

func TestSilenceIsTroubleUnlessItIsPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		silence time.Duration
		planned bool
		want    []string
	}{
		"short":   {time.Second, false, nil},
		"long":    {5 * time.Second, false, []string{"Redis did not answer for 5s"}},
		"planned": {5 * time.Second, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				silent, life := false, "a"
				s := server(&silent, &life)
				var v vigil
				if err := v.begin(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if c.planned {
					s.away()
					life = "b"
				}
				silent = true
				time.Sleep(c.silence)
				synctest.Wait()
				silent = false
				if c.planned {
					s.back()
				}
				got, err := v.end(t.Context())
				if err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%q, %v", got, err)
				}
			})
		})
	}
}

// Trouble gives commands to a server of a world behind its back, while there is
// something in Redis if they are to come in the middle of a run.
func Trouble(ctx context.Context, w *World, server string, commands []string, amid bool) error {
	client, err := w.admin(ctx, w.redises[faults.Nothing])
	if err != nil {
		return err
	}
	defer client.Close()
	for n := int64(0); amid && n == 0 && ctx.Err() == nil; {
		n, _ = client.DBSize(ctx).Result()
	}
	for _, c := range commands {
		if server == toMySQL {
			_, err = w.db.ExecContext(ctx, c)
		} else {
			err = client.Do(ctx, anys(strings.Fields(c))...).Err()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	return nil
}

// AwaitEnd waits until a server that was told to end answers no more.
func AwaitEnd(ctx context.Context, w *World, server string) {
	for err := error(nil); err == nil && ctx.Err() == nil; {
		err = Trouble(ctx, w, server, []string{map[string]string{toRedis: "ECHO up", toMySQL: "DO 1"}[server]}, false)
	}
}

func anys(words []string) (all []any) {
	for _, w := range words {
		all = append(all, w)
	}
	return all
}

func TestAServerThatStaysAwayEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent, life := false, "a"
		var v vigil
		if err := v.begin(t.Context(), server(&silent, &life)); err != nil {
			t.Fatal(err)
		}
		silent = true
		if _, err := v.end(t.Context()); err == nil {
			t.Error("no error")
		}
	})
}

func TestWhatADisturbedRunFailedWithIsToldApart(t *testing.T) {
	run, err := new(World).disturbed(t.Context(), errors.Join(errors.New("read: EOF"), errors.New("MySQL does not answer")), []string{"Redis was started anew"})
	if err != nil || !strings.HasSuffix(run.Why, "came to nothing: read: EOF; MySQL does not answer") {
		t.Errorf("%v: %s", err, run.Why)
	}
}
