package main

import (
	"regexp"
	"strings"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

func TestDoctorLooksAtEverything(t *testing.T) {
	serverstest.Engine(t)
	e := complete(t, command(t, nil, "doctor"))
	e.want(t, 0)
	lines := strings.Split(strings.TrimSuffix(e.stdout, "\n"), "\n")
	for i, pattern := range []string{`ok       Docker engine \d.*`, `(ok|absent)   .* redis:8\.0.*|ok       image onceover/redis:8\.0`, `(ok|absent)   .* mysql:9\.7.*|ok       image onceover/mysql:9\.7`,
		`ok       a container was started, reached at 127\.0\.0\.1:\d+, and removed`} {
		if i >= len(lines) || !regexp.MustCompile("^(?:"+pattern+")$").MatchString(lines[i]) {
			t.Errorf("no line %q in\n%s", pattern, e.stdout)
		}
	}
	if e.stderr != "" {
		t.Errorf("standard error: %s", e.stderr)
	}
}

// It works on servers that run already, too, and leaves nothing there.
func TestDoctorExaminesAProgram(t *testing.T) {
	d := databases(t)
	before := d.keys(t)
	const pushes = `bash -c 'exec 4<>/dev/tcp/{mysql_host}/{mysql_port} 3<>/dev/tcp/{redis_host}/{redis_port}; [[ {worker} != 0 ]] || { echo RPUSH {list} row-{1..200} >&3; read -u 3; }'`
	for _, c := range []struct {
		more []string
		code int
		want string
	}{
		{[]string{"--element", `regexp:^row-(\d+)$`}, 1, `(?s)\Aok +2 connections to Redis and 2 connections to MySQL went through the proxies\n.*\nok +200 rows arrived exactly once\nWRONG +it pushed 200 rows in one step, and a chunk had 10\n  cure: +take ONCEOVER_CHUNK_SIZE, .*\ndoes +writes to the list: 1 RPUSH, outside of transactions\n\z`},
		{nil, 1, `\nUNFIT +no element of the list tells the id of a row: element 0, "row-1"\n  cure: +--element says where`},
		{[]string{"--stream"}, 1, `\nUNFIT +"onceover_\w+:1" is a list, and no stream\n  cure: +--list names each list`},
		{[]string{"--setup", "sh -c 'echo no database >&2; exit 3'"}, 1, `\AUNFIT +live: the set-up of the run failed: exit status 3: "no database"\n  cure: +run the command of --setup by hand`},
	} {
		e := complete(t, command(t, d.chaosEnv(), append([]string{"doctor", "--worker-cmd", pushes}, c.more...)...))
		e.want(t, c.code)
		wantMatch(t, e.stdout, c.want)
		d.discreet(t, "standard output", e.stdout)
		d.discreet(t, "standard error", e.stderr)
	}
	if after := d.keys(t); len(after) != len(before) {
		t.Errorf("keys %v, before %v", after, before)
	}
}
