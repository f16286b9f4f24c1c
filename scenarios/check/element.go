package check

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"math"
	"strconv"
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
// write such an element.
func (f Format) read(seed maphash.Seed, element []byte) (keyed, bool) {
	members, isObject := scanMembers(element)
	if f == Exact {
		id, ok := parseID(members.id)
		return keyed{id, maphash.Bytes(seed, element), true}, ok && isObject
	}
	if !isObject {
		id, ok := parseID(bytes.TrimSpace(element))
		return keyed{id: id}, ok
	}
	id, ok := parseID(members.id)
	if members.payload == nil {
		return keyed{id: id}, ok
	}
	return keyed{id, digestValue(seed, members.payload), true}, ok
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
	var kind byte
	switch value[0] {
	case '"':
		kind, value = 's', value[1:len(value)-1]
		if bytes.IndexByte(value, '\\') >= 0 {
			text, err := unquote(value)
			if err != nil {
				kind = 'x'
			}
			value = text
		}
	case '{', '[':
		kind = 'j'
		canonical, err := canonicalJSON(value)
		if err != nil {
			kind = 'x'
		}
		value = canonical
	default:
		kind = 'n'
	}
	return maphash.Bytes(seed, value) ^ uint64(kind)<<56
}

func unquote(inner []byte) ([]byte, error) {
	quoted := make([]byte, 0, len(inner)+2)
	quoted = append(append(append(quoted, '"'), inner...), '"')
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return inner, err
	}
	return []byte(text), nil
}

// canonicalJSON sorts the members of objects and leaves numbers as written.
func canonicalJSON(value []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return value, err
	}
	return json.Marshal(decoded)
}

// members are the values of the members that matter, as they are written; the
// last of a name counts, as it does for most readers.
type members struct{ id, payload []byte }

// scanMembers walks over an object once, without decoding it. It accepts every
// JSON object, and some objects that are not JSON inside their values; the
// comparison of contents finds those.
func scanMembers(text []byte) (m members, ok bool) {
	s := scanner{text: text}
	s.space()
	if !s.take('{') {
		return m, false
	}
	s.space()
	for closed := s.take('}'); !closed; closed = s.take('}') {
		if ok && !s.take(',') {
			return m, false
		}
		if ok = s.member(&m); !ok {
			return m, false
		}
	}
	s.space()
	return m, s.at == len(s.text)
}

// member takes `"name": value` and the space around it.
func (s *scanner) member(m *members) bool {
	s.space()
	name, ok := s.str()
	s.space()
	if !ok || !s.take(':') {
		return false
	}
	s.space()
	value, ok := s.value()
	if ok {
		m.set(name, value)
		s.space()
	}
	return ok
}

func (m *members) set(name, value []byte) {
	name = name[1 : len(name)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name, _ = unquote(name)
	}
	switch string(name) {
	case "id":
		m.id = value
	case "payload":
		m.payload = value
	}
}

type scanner struct {
	text []byte
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

func (s *scanner) take(b byte) bool {
	if s.at == len(s.text) || s.text[s.at] != b {
		return false
	}
	s.at++
	return true
}

// str takes a string, quotes included.
func (s *scanner) str() ([]byte, bool) {
	start := s.at
	if !s.take('"') {
		return nil, false
	}
	for {
		i := bytes.IndexByte(s.text[s.at:], '"')
		if i < 0 {
			return nil, false
		}
		s.at += i + 1
		if !endsEscaped(s.text[start+1 : s.at-1]) {
			return s.text[start:s.at], true
		}
	}
}

func endsEscaped(text []byte) bool {
	slashes := 0
	for i := len(text) - 1; i >= 0 && text[i] == '\\'; i-- {
		slashes++
	}
	return slashes%2 == 1
}

func (s *scanner) value() ([]byte, bool) {
	if s.at == len(s.text) {
		return nil, false
	}
	switch s.text[s.at] {
	case '"':
		return s.str()
	case '{', '[':
		return s.nested()
	}
	start := s.at
	for s.at < len(s.text) && !isSpace(s.text[s.at]) && s.text[s.at] != ',' && s.text[s.at] != '}' {
		s.at++
	}
	return s.text[start:s.at], s.at > start
}

func (s *scanner) nested() ([]byte, bool) {
	start := s.at
	for depth := 0; s.at < len(s.text); {
		switch s.text[s.at] {
		case '"':
			if _, ok := s.str(); !ok {
				return nil, false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return s.text[start:s.at], true
		}
	}
	return nil, false
}
