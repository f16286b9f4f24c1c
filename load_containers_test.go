package main

import (
	"strings"
	"testing"
	"time"
)

// loadByContainers loads a table by four containers, as the pods of a job: two are killed in its middle, others take
// their place, and each row is there once.
func loadByContainers(t *testing.T, image string) {
	d := databases(t)
	const rows = 12_000
	d.fill(t, "orders", rows)
	start := func() string {
		id := dockerCLI(t, "run", "--detach", "--network", "host", "--env", d.env()[0], "--env", d.env()[1], image,
			"load", "--table", "orders", "--list", "orders", "--chunk-size", "40", "--rate", "200", "--ttl", "500ms", "--log", "json")
		t.Cleanup(func() { dockerCLI(t, "rm", "--force", id) })
		return id
	}
	pods := []string{start(), start(), start(), start()}
	deadline := time.Now().Add(time.Minute)
	for d.redis.LLen(t.Context(), "orders").Val() == 0 { // until the job is in its middle
		if time.Now().After(deadline) {
			t.Fatal(dockerCLI(t, "logs", pods[0]))
		}
		time.Sleep(10 * time.Millisecond)
	}
	dockerCLI(t, append([]string{"kill"}, pods[:2]...)...)
	if pushed := d.redis.LLen(t.Context(), "orders").Val(); pushed >= rows {
		t.Fatal("the job was over before they were killed")
	}
	pods = append(pods[2:], start(), start())
	for i, code := range strings.Fields(dockerCLI(t, append([]string{"wait"}, pods...)...)) {
		if code != "0" {
			t.Errorf("exit code %s\n%s", code, dockerCLI(t, "logs", pods[i]))
		}
	}
	d.wantExactly(t, "orders", rows)
	if logs := dockerCLI(t, "logs", pods[0]); !strings.Contains(logs, `"msg":"done"`) {
		t.Errorf("no end is told in %s", logs)
	}
}
