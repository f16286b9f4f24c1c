package check

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"math"
	"strconv"
	"unicode/utf8"
)

// Format says what the elements of a list look like.
type Format int

const (
	// Exact is what the project's own loader writes: a JSON object with the
	// member id, and every byte must be as the row is encoded.
	Exact Format = iota
	// Contract is what a worker in any language may write: a JSON object with
	// the member id, or the bare id, as a number or a string of digits.
	// Payload is the only other member that is checked. It is compared by value:
	// neither the escapes of a string nor the order of an object's members matter,
	// but a number must be written alike. An element without a payload is not
	// checked for content.
	Contract
)

// keyed is what an element, or a row, says of itself.
type keyed struct {
	id      int64
	digest  uint64 // of the content
	checked bool   // there is a content that can be compared
}

// read finds the id and the content of an element. It is false if no worker may
// write such an element. If a member is there twice, the last counts, as it does
// for most readers.
func (f Format) read(seed maphash.Seed, element []byte) (keyed, bool) {
	var members map[string]json.RawMessage
	isObject := json.Unmarshal(element, &members) == nil && members != nil
	id, ok := parseID(members["id"])
	if f == Exact {
		return keyed{id, maphash.Bytes(seed, element), true}, ok && isObject
	}
	if !isObject {
		id, ok = parseID(bytes.TrimSpace(element))
	}
	payload, checked := members["payload"]
	if !checked {
		return keyed{id: id}, ok
	}
	return keyed{id, digestValue(seed, payload), true}, ok
}

// parseID reads an id from a JSON value. A number such as 7.0 or 1e3, as
// readers that know only doubles write it, is a whole number up to 2^53.
func parseID(value []byte) (int64, bool) {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		id, err := strconv.ParseInt(string(value[1:len(value)-1]), 10, 64)
		return id, err == nil
	}
	if id, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return id, true
	}
	number, err := strconv.ParseFloat(string(value), 64)
	if err != nil || number != math.Trunc(number) || math.Abs(number) > 1<<53 {
		return 0, false
	}
	return int64(number), true
}

// digestValue is equal for equal JSON values. A text that is not JSON differs
// from all that are.
func digestValue(seed maphash.Seed, value []byte) uint64 {
	switch value[0] {
	case '"':
		var text string
		if utf8.Valid(value) && json.Unmarshal(value, &text) == nil {
			return ^maphash.String(seed, text) // a number that is written so has another digest
		}
	case '{', '[':
		if canonical, err := canonicalJSON(value); err == nil {
			value = canonical
		}
	}
	return maphash.Bytes(seed, value)
}

// canonicalJSON sorts the members of objects and leaves numbers as written.
func canonicalJSON(value []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return nil, err
	}
	return json.Marshal(decoded)
}
