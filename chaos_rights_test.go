package main

import (
	"context"
	"strings"
	"testing"
)

// Before anything is started, and not when the workers have been refused for long.
func TestALoginWithoutTheRightsIsRefusedAtOnce(t *testing.T) {
	d := databases(t)
	for name, c := range map[string]struct {
		rules []string
		lacks string
	}{
		"keys of another name": {[]string{"~onceover*", "+@all"}, `may not run UNLINK \{onceover_\w+:1\}:chunks, .*SETBIT \{onceover_.*`},
		"a command":            {[]string{"~onceover_*", "~{onceover_*", "+@all", "-lpush"}, `may not run LPUSH onceover_\w+:1`},
		"only reading":         {[]string{"%R~onceover_*", "%R~{onceover_*", "+@all"}, `may not run HSET onceover_owners, .*`},
		"no script":            {[]string{"~onceover_*", "~{onceover_*", "+@all", "-eval"}, `may run no script: NOPERM .*`},
	} {
		t.Run(name, func(t *testing.T) {
			rules := append([]string{"on", ">" + redisPassword, "&*"}, c.rules...)
			if err := d.redis.ACLSetUser(t.Context(), "narrow", rules...).Err(); err != nil {
				t.Fatal(err)
			}
			defer d.redis.ACLDelUser(context.Background(), "narrow")
			env := append(d.chaosEnv(), "ONCEOVER_REDIS_URL="+strings.Replace(d.redisURL, "loader", "narrow", 1))
			e := complete(t, command(t, env, chaosArgs("-s|lease-lua|-f|calm")...))
			e.want(t, 69)
			wantLine(t, e.stderr, "error: ", "the Redis login "+c.lacks)
			wantLine(t, e.stderr, "try: ", `give the logins what is needed: .* in Redis every command on the keys ~onceover_\* and ~\{onceover_\*`)
			if strings.Contains(e.stderr, "ready after") {
				t.Error(e.stderr)
			}
		})
	}
}

// Redis stays paused for longer than the clean-up waits. The clean-up gives up and says so.
func TestAnInterruptWhileRedisIsPausedSaysWhatItWaitsFor(t *testing.T) {
	d := databases(t)
	cmd := command(t, d.chaosEnv(), chaosArgs("-s|lease-lua|-f|calm|--runs|100")...)
	w := watch(t, cmd)
	d.listOfARun(t, w)
	if err := d.redis.Do(t.Context(), "CLIENT", "PAUSE", "600000", "WRITE").Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.redis.Do(context.Background(), "CLIENT", "UNPAUSE") })
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stderr, `\nRedis does not answer yet: waiting up to 3s, to delete the keys of the run\n`)
	wantMatch(t, e.stderr, `\nleft in Redis: `)
	wantMatch(t, e.stderr, `\nerror: clean up: onceover_\w+ is still in onceover_owners: Redis did not answer; the next start deletes it\n`)
}
