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
