package target

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onceover/scenarios/worker"
)

var told = worker.Contract{List: "rows", Table: "items", Run: "r1", Workers: 2, Chunks: 2}

func TestNamesStandForLists(t *testing.T) {
	for given, want := range map[string]string{
		"":                              "rows",
		"orders":                        "orders",
		"{list}:a {list}:b {list}:a":    "rows:a rows:b",
		"{run}:{table}":                 "r1:items",
		"{list}:{chunk}":                "rows:0 rows:1 rows:2",
		"{list}:{worker}":               "rows:0 rows:1",
		"{chunk}/{worker}":              "0/0 0/1 1/0 1/1 2/0 2/1",
		"{{list}}:{chunk} {list}:other": "{list}:0 {list}:1 {list}:2 rows:other",
	} {
		s := Spec{Lists: strings.Fields(given)}
		got, err := s.Of(told)
		if err != nil || !slices.Equal(got.Keys(), strings.Fields(want)) || s.Check() != nil {
			t.Errorf("%s: %q, %v, %v", given, got.Keys(), err, s.Check())
		}
		for _, key := range got.Keys() {
			if !got.Is([]byte(key)) || got.Is([]byte(key+"x")) || !got.In([]byte("<"+key+">")) {
				t.Errorf("%s: %s is not known again", given, key)
			}
		}
	}
	if s, err := (Spec{Stream: true}).Of(told); err != nil || !s.Stream() || !slices.Equal(s.Keys(), []string{"rows"}) {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWhatNoJobCanHaveIsRefused(t *testing.T) {
	for want, s := range map[string]Spec{
		"unknown placeholder {chunks}":                          {Lists: []string{"{list}:{chunks}"}},
		"a list without a name":                                 {Lists: []string{"a", ""}},
		"the rows are in lists or in a stream, and not in both": {Lists: []string{"a"}, Stream: true},
	} {
		misuse := (*worker.Misuse)(nil)
		if err := s.Check(); !errors.As(err, &misuse) || err.Error() != want {
			t.Errorf("%+v: %v", s, err)
		}
	}
	many := told
	many.Chunks = MostLists
	if _, err := (Spec{Lists: []string{"{chunk}"}}).Of(many); !errors.Is(err, ErrTooMany) {
		t.Errorf("%d lists: %v", MostLists+1, err)
	}
}

func TestKeysOfTheRunAreToldFromOthers(t *testing.T) {
	for name, own := range map[string]bool{"{list}:a": true, "{run}": true, "orders": false, "orders:{list}": false, "{table}": false, "{{list}}": false} {
		if (Spec{Lists: []string{"{list}", name}}).Own() != own {
			t.Errorf("%s", name)
		}
	}
}

func TestPushesAreCounted(t *testing.T) {
	lists, _ := Spec{Lists: []string{"a", "b"}}.Of(told)
	stream, _ := Spec{Stream: true}.Of(told)
	for command, want := range map[string]int{
		"LPUSH a 1 2": 2, "RPUSHX b 1": 1, "RPUSH c 1": 0, "LPUSH": 0, "LREM a 1 b": 0, "SET x a": 0,
		"XADD rows * id 7": 1, "XADD rows MAXLEN 5 * id 7 payload x": 1, "XADD other * id 7": 0, "XDEL rows 1-0": 0,
	} {
		var args [][]byte
		for word := range strings.FieldsSeq(command) {
			args = append(args, []byte(word))
		}
		if got := lists.Pushes(string(args[0]), args) + stream.Pushes(string(args[0]), args); got != want {
			t.Errorf("%s: %d, want %d", command, got, want)
		}
	}
}

func TestTheContentOfAnEntry(t *testing.T) {
	for want, fields := range map[string]map[string]any{
		`{"id":7}`:                      {"row": `{"id":7}`},
		`7`:                             {"id": "7"},
		``:                              {"id": ""},
		`{"id":"7","payload":"<a>"}`:    {"id": "7", "payload": "<a>"},
		`{"from":"x","row":{"id":7}}`:   {"row": `{"id":7}`, "from": "x"},
		`{"from":"{x","row":[1]}`:       {"row": `[1]`, "from": "{x"},
		`{"id":"7","payload":"\ufffd"}`: {"id": "7", "payload": "\xff"},
	} {
		if got := string(content(fields)); got != want {
			t.Errorf("%v: %s, want %s", fields, got, want)
		}
	}
}
