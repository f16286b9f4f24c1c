package check

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"testing"
)

func TestReadFindsTheID(t *testing.T) {
	const none = -99
	for _, row := range []struct {
		element         string
		exact, contract int64
	}{
		{`{"id":7,"payload":"x"}`, 7, 7},
		{` { "payload" : "x" , "id" : -7 } `, -7, -7},
		{`{"payload":{"id":1,"s":"}\"]"},"id":9223372036854775807}`, 9223372036854775807, 9223372036854775807},
		{`{"id":"7"}`, 7, 7},
		{`{"id":1,"id":2}`, 2, 2},
		{`{"i\u0064":3,"payload":["id",5,"\\"]}`, 3, 3},
		{`{"id":7.0}`, 7, 7},
		{`{"id":1e3}`, 1000, 1000},
		{`7`, none, 7},
		{`"7"`, none, 7},
		{" -7\n", none, -7},
		{`{"id":9223372036854775808}`, none, none},
		{`{"id":7.5}`, none, none},
		{`{"id":null}`, none, none},
		{`{"id":{}}`, none, none},
		{`{"ID":7}`, none, none},
		{`{}`, none, none},
		{`{"id":7`, none, none},
		{`{"a":{},"id":7,"b":{}`, none, none},
		{`{"id":7,}`, none, none},
		{`{"id":7}}`, none, none},
		{`{"id":7 "a":1}`, none, none},
		{`{"id":}`, none, none},
		{`{"id":7,"payload":NaN}`, none, none},
		{`{"id":7,"payload":"\x"}`, none, none},
		{`[7]`, none, none},
		{`row 7`, none, none},
		{`"`, none, none},
		{`""`, none, none},
		{``, none, none},
	} {
		for format, want := range map[Format]int64{Exact: row.exact, Contract: row.contract} {
			k, ok := format.read(testSeed, []byte(row.element))
			if ok != (want != none) || ok && k.id != want {
				t.Errorf("format %d, %q: id %d, %t, want %d", format, row.element, k.id, ok, want)
			}
		}
	}
}

var testSeed = maphash.MakeSeed()

func TestContractComparesValues(t *testing.T) {
	for _, row := range []struct {
		one, other string
		equal      bool
	}{
		{`"é"`, `"\u00e9"`, true},
		{`"a/b"`, `"a\/b"`, true},
		{`"\\"`, `"\u005c"`, true},
		{`{"a":1,"b":[2]}`, `{ "b" : [ 2 ], "a" : 1 }`, true},
		{`null`, `null`, true},
		{`"a"`, `"b"`, false},
		{`"7"`, `7`, false},
		{`""`, `null`, false},
		{`"null"`, `null`, false},
		{`1.0`, `1`, false},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`"[1]"`, `[1]`, false},
		{`"\x"`, `"x"`, false},
		{`[1`, `"[1"`, false},
		{"\"\xff\"", `"\ufffd"`, false},
	} {
		if equal := digestValue(testSeed, []byte(row.one)) == digestValue(testSeed, []byte(row.other)); equal != row.equal {
			t.Errorf("%s and %s: equal %t", row.one, row.other, equal)
		}
	}
}

func TestContractChecksNothingButThePayload(t *testing.T) {
	row, _ := Contract.read(testSeed, []byte(`{"id":7,"payload":"x","more":1}`))
	for element, want := range map[string]keyed{
		`{"payload":"x","id":"7"}`:            row,
		`{"id":7,"payload":"x","more":[2]}`:   row,
		`{"id":7,"chunk":3}`:                  {id: 7},
		`"7"`:                                 {id: 7},
		`{"id":7,"Payload":"something else"}`: {id: 7},
	} {
		if got, ok := Contract.read(testSeed, []byte(element)); !ok || got != want {
			t.Errorf("%s: %+v, want %+v", element, got, want)
		}
	}
}

// The members of an element are those that a reader of tokens finds, and what is
// no JSON object has none.
func FuzzReadFindsTheMembers(f *testing.F) {
	for _, seed := range []string{
		`{"id":7,"payload":"x"}`, `{"a":{"b":[1,"}"]},"id":-1e5,"payload":"\\\""}`,
		`{"\u0069d":1}`, ` {} `, `{"id":1,"id":"2"}`, `{"id":1}x`, `[1]`, `{"a":{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want, isObject := membersByToken(text)
		id, ok := parseID(want["id"])
		got, legible := Exact.read(testSeed, text)
		if legible != (isObject && ok) || legible && got.id != id {
			t.Fatalf("%q: id %d, %t, want %q", text, got.id, legible, want["id"])
		}
		if !isObject {
			return
		}
		payload, checked := want["payload"]
		got, legible = Contract.read(testSeed, text)
		if legible != ok || got.checked != checked || checked && got.digest != digestValue(testSeed, payload) {
			t.Fatalf("%q: %+v, %t, want payload %q", text, got, legible, payload)
		}
	})
}

func membersByToken(text []byte) (members map[string]json.RawMessage, isObject bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') || !json.Valid(text) {
		return nil, false
	}
	members = map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		members[name.(string)] = value
	}
	return members, true
}
