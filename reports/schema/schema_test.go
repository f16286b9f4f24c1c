package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
	"onceover/reports/schema"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Results))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:onceover:results:1", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:onceover:results:1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, text []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return compiled(t).Validate(document)
}

func written(t testing.TB, r *reports.Results) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestResultsAreValid(t *testing.T) {
	nothing := reporttest.Empty()
	nothing.Run.World, nothing.Cells = reports.WorldLive, []reports.Cell{}
	for name, r := range map[string]*reports.Results{
		"sample": reporttest.Sample(), "passing": reporttest.Passing(), "interrupted": reporttest.Interrupted(),
		"nothing": nothing, "full": full(t),
	} {
		if err := validate(t, written(t, r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFieldsOfALaterVersionAreAllowed(t *testing.T) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, full(t)))) // keeps all digits
	if err != nil {
		t.Fatal(err)
	}
	var add func(v any)
	add = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, inner := range v {
				add(inner)
			}
			v["a field of a later version"] = "x"
		case []any:
			for _, inner := range v {
				add(inner)
			}
		}
	}
	add(document)
	document.(map[string]any)["schema"] = "onceover.results/1.99.0"
	if err := compiled(t).Validate(document); err != nil {
		t.Error(err)
	}
}

func TestBrokenDocumentsAreRefused(t *testing.T) {
	whole := string(written(t, reporttest.Sample()))
	swap := func(from, to string) string {
		if !strings.Contains(whole, from) {
			t.Fatalf("no %q in the sample", from)
		}
		return strings.Replace(whole, from, to, 1)
	}
	for name, text := range map[string]string{
		"empty":             "",
		"not an object":     "[]",
		"nothing in it":     "{}",
		"truncated":         whole[:len(whole)/2],
		"other schema":      swap(reports.Schema, "onceover.results/2.0.0"),
		"no cells":          swap(`"cells": [`, `"rooms": [`),
		"cells are null":    `{"cells":null,` + swap(`"cells": [`, `"rooms": [`)[1:],
		"unknown verdict":   swap(`"verdict": "duplicated"`, `"verdict": "splendid"`),
		"unknown state":     swap(`"state": "worse"`, `"state": "splendid"`),
		"unknown gate":      swap(`"status": "fail"`, `"status": "green"`),
		"unknown status":    swap(`"status": "complete"`, `"status": "almost"`),
		"unknown world":     swap(`"world": "live"`, `"world": "moon"`),
		"unknown outcome":   swap(`"outcome": "lost"`, `"outcome": "hidden"`),
		"unknown method":    swap(`"method": "wilson95"`, `"method": "guess"`),
		"expected nonsense": swap(`"expected": "safe"`, `"expected": "the best"`),
		"a word for a no":   swap(`"confirmed": true`, `"confirmed": "yes"`),
		"a share in %":      swap(`"point": 0,`, `"point": 11.7,`),
		"a negative count":  swap(`"duration_ms": 184000`, `"duration_ms": -1`),
		"half a run":        swap(`"n": 60`, `"n": 59.5`),
		"no verdict":        swap(`"verdict": "duplicated",`, ``),
		"no instant":        swap(`"started": "2026-01-02T15:04:05Z"`, `"started": "yesterday"`),
	} {
		if err := validate(t, []byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
