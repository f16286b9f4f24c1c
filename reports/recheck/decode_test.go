package recheck

import (
	"strings"
	"testing"

	"onceover/reports"
)

func TestSchemasThatAreRead(t *testing.T) {
	for schema, want := range map[string]string{
		reports.Schema: "", "onceover.results/1.0.0": "", "onceover.results/1.1.7": "",
		"onceover.results/1.99.0":                   "no later one than onceover.results/1.8; a later version of Onceover reads it",
		"onceover.results/2.0.0":                    "this program reads onceover.results/1.x.y",
		"onceover.results/1.banana":                 "reads onceover.results/1.x.y",
		"onceover.results/1.1":                      "reads onceover.results/1.x.y",
		"onceover.results/1.01.0":                   "reads onceover.results/1.x.y",
		"onceover.results/1.1.0 beta":               "reads onceover.results/1.x.y",
		"onceover.results/1.99999999999999999999.0": "reads onceover.results/1.x.y",
		"": "reads onceover.results/1.x.y",
	} {
		_, err := Decode("x.json", []byte(`{"schema": "`+schema+`"}`))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", schema, err)
		}
	}
}

// The last of several fields would hide the others.
func TestFieldsThatAreThereTwiceAreRefused(t *testing.T) {
	const head = `{"schema": "onceover.results/1.1.0", `
	for text, want := range map[string]string{
		`"cells": [], "cells": []}`:                                      "the field cells is there twice",
		`"cells": [], "CELLS": []}`:                                      "the field CELLS is there twice",
		`"ſchema": "onceover.results/1.1.0"}`:                            "the field ſchema is there twice",
		`"cells": [{"id": "a"}, {"details": [{"seed": 1, "seed": 2}]}]}`: "the field cells[1].details[0].seed is there twice",
		`"gate": {"exit_code": 1, "exit_code": 0}}`:                      "the field gate.exit_code is there twice",
		`"what": {"a": [[{"b": 1, "b": 1}]]}}`:                           "the field what.a[0][0].b is there twice",
		`"cells": [{"id": "a"}, {"id": "a"}]}`:                           "",
	} {
		_, err := Decode("x.json", []byte(head+text))
		if (err == nil) != (want == "") || err != nil && err.Error() != "x.json: it holds no results: "+want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestLessThanNothingIsNotRead(t *testing.T) {
	for _, text := range []string{
		`"run": {"duration_ms": -5}`, `"run": {"runs_planned": -1}`, `"run": {"runs_done": -1}`,
		`"parts": [{"run": {"duration_ms": -5}}]`, `"cells": [{"details": [{"duration_ms": -5}]}]`,
	} {
		if _, err := Decode("x.json", []byte(`{"schema": "onceover.results/1.0.0", `+text+`}`)); err == nil || !strings.Contains(err.Error(), "below zero") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
