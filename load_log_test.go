package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// events are the lines of a log, each of which is a JSON object.
func events(t *testing.T, log string) (all []map[string]any, names []string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var event map[string]any
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		name, _ := event["msg"].(string)
		all, names = append(all, event), append(names, name)
	}
	return all, names
}

func TestLoadLogsEvents(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 250)
	args := []string{"load", "--table", "orders", "--list", "orders", "--chunk-size", "100", "--log"}
	e := complete(t, command(t, d.env(), append(args, "json")...))
	e.want(t, 0)
	all, names := events(t, e.stderr)
	if got := strings.Join(names, " "); got != "begun planned done" {
		t.Fatalf("events %s", got)
	}
	if done := all[2]; done["rows"] != 250.0 || done["chunks"] != 3.0 || done["chunks_of"] != 3.0 || done["bytes"].(float64) < 250 || done["seconds"].(float64) <= 0 {
		t.Errorf("at the end it is %v", done)
	}
	if plan := all[1]; plan["rows"] != 250.0 || plan["chunks"] != 3.0 {
		t.Errorf("planned is %v", plan)
	}
	wantMatch(t, e.stdout, `\Acomplete: 3 of 3 chunks`)
	d.discreet(t, "the log", e.stderr)

	text := complete(t, command(t, d.env(), append(args, "text")...))
	text.want(t, 0)
	wantMatch(t, text.stderr, `\Atime=\S+ level=INFO msg=begun table=orders .*\n.* msg=planned .*\n.* msg=done .*\n\z`)

	d.exec(t, "INSERT INTO orders VALUES (251, 'row 251')")
	e = complete(t, command(t, d.env(), append(args, "json")...))
	e.want(t, 18)
	all, names = events(t, e.stderr)
	if got := strings.Join(names, " "); got != "begun planned failed" || all[2]["exit_code"] != 18.0 || all[2]["try"] == "" || all[2]["goes_on"] != false {
		t.Errorf("events %s, at last %v", got, all[len(all)-1])
	}
}

func TestLogOfATroubledAndInterruptedLoadTellsNoSecret(t *testing.T) {
	d := databases(t)
	w, _ := d.long(t, "--log", "json", "--rate", "400")
	d.cutUntil(t, w, `"trouble"`)
	e := w.interrupt(t)
	e.want(t, 130)
	_, names := events(t, e.stderr)
	wantMatch(t, strings.Join(names, " "), `\Abegun planned (progress )*trouble .*stopping.* failed\z`)
	d.discreet(t, "what it wrote", e.stderr+e.stdout)

	d.mysql = d.mysql.Clone()
	d.mysql.Passwd += "x"
	e = complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "other", "--log", "json"))
	e.want(t, 17)
	events(t, e.stderr)
	d.discreet(t, "the refusal", e.stderr)
}
