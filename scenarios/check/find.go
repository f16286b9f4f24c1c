package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"regexp"
	"strconv"
	"strings"
)

// Element says where the id stands in an element of a list that was not filled for
// Onceover. The zero value leaves that to the [Format].
//
// Where the id is a field of an object in JSON, a field payload of the same object is
// compared as [Contract] does. The content of other elements is not checked.
type Element struct {
	text    string
	path    []step // of JSON
	pattern *regexp.Regexp
}

// step leads from a value of JSON into it.
type step struct {
	field string
	index int // -1: it is a field
}

// Forms shows the ways of saying where an id stands.
const Forms = `value, json:.order.id or regexp:^row-(\d+)$`

// ParseElement reads what [Element.String] returns: value for an element that is the id
// itself, json: with a path of fields and indexes, such as .order.id, [0] or ["a b"].id, or
// regexp: with an expression whose first group is the id.
func ParseElement(text string) (Element, error) {
	form, rest, _ := strings.Cut(text, ":")
	e := Element{text: text}
	var err error
	switch {
	case text == "value":
	case form == "json":
		e.path, err = parsePath(rest)
	case form == "regexp" && rest == "":
		err = errors.New("the expression is empty")
	case form == "regexp":
		if e.pattern, err = regexp.Compile(rest); err == nil && e.pattern.NumSubexp() == 0 {
			err = errors.New("the expression has no group, which would be the id")
		}
	default:
		err = errors.New("no such form")
	}
	if err != nil {
		return Element{}, fmt.Errorf("%q: %w", text, err)
	}
	return e, nil
}

// String is what [ParseElement] was given; empty for the zero value.
func (e Element) String() string { return e.text }

// indexed is the beginning of a path that is an index.
var indexed = regexp.MustCompile(`^\[(\d{1,9})\]`)

func parsePath(text string) (path []step, err error) {
	if text == "" {
		return nil, errors.New("the path is empty")
	}
	for text != "" {
		number := indexed.FindStringSubmatch(text)
		switch {
		case number != nil:
			index, _ := strconv.Atoi(number[1]) // nine digits are a number
			path, text = append(path, step{index: index}), text[len(number[0]):]
		case strings.HasPrefix(text, `["`):
			names := json.NewDecoder(strings.NewReader(text[1:]))
			var name string
			if err := names.Decode(&name); err != nil {
				return nil, fmt.Errorf("%s begins with no name in quotes", text)
			}
			end := 1 + int(names.InputOffset())
			if !strings.HasPrefix(text[end:], "]") {
				return nil, fmt.Errorf("%s lacks the ] behind the name", text)
			}
			path, text = append(path, step{name, -1}), text[end+1:]
		case text[0] == '.':
			name := text[1:]
			if end := strings.IndexAny(name, ".["); end >= 0 {
				name = name[:end]
			}
			if name == "" {
				return nil, fmt.Errorf("%s begins with a field without a name", text)
			}
			path, text = append(path, step{name, -1}), text[1+len(name):]
		case text[0] == '[':
			return nil, fmt.Errorf(`%s begins with no index, as [0], nor a name, as ["a b"]`, text)
		default:
			return nil, fmt.Errorf("%s has to begin with a dot or a bracket", text)
		}
	}
	return path, nil
}

// read finds the id of an element, and the content if there is one to compare.
func (e Element) read(seed maphash.Seed, element []byte) (keyed, bool) {
	switch {
	case e.pattern != nil:
		groups := e.pattern.FindSubmatch(element)
		if groups == nil {
			return keyed{}, false
		}
		id, err := strconv.ParseInt(string(groups[1]), 10, 64)
		return keyed{id: id}, err == nil
	case e.path == nil:
		id, ok := parseID(bytes.TrimSpace(element))
		return keyed{id: id}, ok
	}
	value, beside, ok := e.follow(element)
	if !ok {
		return keyed{}, false
	}
	id, ok := parseID(bytes.TrimSpace(value))
	if payload, checked := beside["payload"]; checked {
		return keyed{id, digestValue(seed, payload), true}, ok
	}
	return keyed{id: id}, ok
}

// follow goes down the path. Beside are the fields of the object in which it ends.
func (e Element) follow(element []byte) (value json.RawMessage, beside map[string]json.RawMessage, ok bool) {
	value = element
	for _, s := range e.path {
		beside = nil
		if s.index < 0 {
			if json.Unmarshal(value, &beside) != nil {
				return nil, nil, false
			}
			if value, ok = beside[s.field]; !ok {
				return nil, nil, false
			}
			continue
		}
		var all []json.RawMessage
		if json.Unmarshal(value, &all) != nil || s.index >= len(all) {
			return nil, nil, false
		}
		value = all[s.index]
	}
	return value, beside, true
}
