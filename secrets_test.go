package main

import (
	"strings"
	"testing"
	"time"

	"onceover/scenarios"
)

func TestSecretsOfACommandAreNotRecorded(t *testing.T) {
	for given, want := range map[string]string{
		"python3 w.py":                                   "python3 w.py",
		"w --password=hunter2":                           "w --password=***",
		"w --password hunter2 -v":                        "w --password *** -v",
		"w --db-password='a b' x":                        "w --db-password=*** x",
		`w --api-key "a b"`:                              "w --api-key ***",
		"w -token=hunter2":                               "w -token=***",
		"w --mysql-dsn me:hunter2@tcp(h)/shop":           "w --mysql-dsn ***",
		"env MYSQL_PASSWORD=hunter2 w":                   "env MYSQL_PASSWORD=*** w",
		"env PGPASSWORD=x w":                             "env PGPASSWORD=*** w",
		"sh -c 'TOKEN=hunter2 w'":                        "sh -c 'TOKEN=*** w'",
		"w redis://me:hunter2@h:1/0 x":                   "w redis://me:***@h:1/0 x",
		"w redis://:hunter2@h":                           "w redis://:***@h",
		"w redis://h:6379/0":                             "w redis://h:6379/0",
		"w --password-file /run/secrets/db":              "w --password-file /run/secrets/db",
		"w --token-bucket 5 --passwords":                 "w --token-bucket 5 --passwords",
		"w --url=mysql://me:hun:ter2@h/shop --chunks=10": "w --url=mysql://me:***@h/shop --chunks=10",
	} {
		if got := masked(given); got != want {
			t.Errorf("%s\n became %s\n want   %s", given, got, want)
		}
	}
}

func TestAReplayConfessesWhatItLacks(t *testing.T) {
	p := &chaos{seed: 7, c: chaosCmd{WorkerCmd: "w --password=hunter2"}}
	for _, got := range []string{p.command(), p.replay(scenarios.Execution{Seed: 7, Scenario: scenarios.Scenario{Name: "calm"}})} {
		if strings.Contains(got, "hunter2") || !strings.HasSuffix(got, " # *** stands for a secret that was not recorded") {
			t.Error(got)
		}
	}
	p.describe(time.Time{})
	if p.results.Config.Worker != "w --password=***" {
		t.Error(p.results.Config.Worker)
	}
	p.c.WorkerCmd = "python3 w.py"
	if got := p.command(); strings.Contains(got, "#") {
		t.Error(got)
	}
}
