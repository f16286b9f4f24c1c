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

// Whatever is a JSON object for encoding/json is read in the same way.
func FuzzScanMembers(f *testing.F) {
	for _, seed := range []string{
		`{"id":7,"payload":"x"}`, `{"a":{"b":[1,"}"]},"id":-1e5,"payload":"\\\""}`,
		`{"\u0069d":1}`, ` {} `, `{"id":1,"id":"2"}`, `{"id":1}x`, `[1]`, `{"a":{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want map[string]json.RawMessage
		if !json.Valid(text) || json.Unmarshal(text, &want) != nil || want == nil {
			return
		}
		got, ok := scanMembers(text)
		if !ok {
			t.Fatalf("%q is an object", text)
		}
		if !bytes.Equal(got.id, want["id"]) || !bytes.Equal(got.payload, want["payload"]) {
			t.Fatalf("%q: id %q, payload %q, want %q", text, got.id, got.payload, want)
		}
	})
}
