package wire

import (
	"fmt"
	"strconv"
)

const (
	// maxReplyLine bounds simple strings and errors; scripts can make them long.
	maxReplyLine = 1 << 20
	// maxDepth bounds the nesting of aggregates.
	maxDepth = 1024
)

// replyScanner follows frames. It consumes values as they come, but only whole header lines.
type replyScanner struct {
	stack []aggregate
	skip  int  // bytes of a bulk string still to come
	tail  bool // the CRLF of a bulk string is still to come
	inner bool // the frame has begun
	push  bool // the frame is a push frame
}

// aggregate is an open array, set, map or push frame, or the attributes of the value that follows.
type aggregate struct {
	left      int
	attribute bool
}

// scan consumes bytes up to the end of one frame.
func (s *replyScanner) scan(buf []byte) (n int, done bool, err error) {
	for {
		if s.skip > 0 {
			k := min(s.skip, len(buf)-n)
			s.skip -= k
			n += k
		}
		if s.skip > 0 || n == len(buf) {
			return n, false, nil
		}
		complete, used, err := s.step(buf[n:])
		if used == 0 || err != nil {
			return n, false, err
		}
		n += used
		if complete && s.close() {
			s.inner = false
			return n, true, nil
		}
	}
}

// step consumes a header line, or the CRLF of a bulk string, and tells whether a value is complete with it.
func (s *replyScanner) step(buf []byte) (complete bool, n int, err error) {
	if !s.tail {
		line, next, err := readLine(buf, 0, maxReplyLine)
		if next == 0 || err != nil {
			return false, 0, err
		}
		complete, err := s.header(line)
		return complete, next, err
	}
	if len(buf) < 2 {
		return false, 0, nil
	}
	if buf[0] != '\r' || buf[1] != '\n' {
		return false, 0, fmt.Errorf("%w: a bulk string is longer than announced", ErrProtocol)
	}
	s.tail = false
	return true, 2, nil
}

// header enters a value, and tells whether it is complete with its first line.
func (s *replyScanner) header(line []byte) (complete bool, err error) {
	if len(line) == 0 {
		return false, fmt.Errorf("%w: empty line instead of a reply", ErrProtocol)
	}
	kind, rest := line[0], line[1:]
	if !s.inner {
		s.inner, s.push = true, false
	}
	switch kind {
	case '+', '-', ',', '(':
		return true, nil
	case ':', '#', '_':
		return true, checkScalar(kind, rest)
	case '$', '=', '!', '*', '~', '%', '|', '>':
		return s.sized(kind, rest)
	}
	return false, fmt.Errorf("%w: a reply begins with %q", ErrProtocol, kind)
}

func checkScalar(kind byte, rest []byte) error {
	ok := true
	switch kind {
	case ':':
		_, err := strconv.ParseInt(string(rest), 10, 64)
		ok = err == nil
	case '#':
		ok = len(rest) == 1 && (rest[0] == 't' || rest[0] == 'f')
	case '_':
		ok = len(rest) == 0
	}
	if !ok {
		return fmt.Errorf("%w: invalid value %q of type %q", ErrProtocol, rest, kind)
	}
	return nil
}

// sized enters a value that begins with its length.
func (s *replyScanner) sized(kind byte, rest []byte) (complete bool, err error) {
	if string(rest) == "?" {
		return false, fmt.Errorf("%w: streamed RESP3 value of type %q", ErrUnsupported, kind)
	}
	length, ok := parseLength(rest)
	if !ok || length < 0 && kind != '$' && kind != '*' {
		return false, fmt.Errorf("%w: invalid length %q of type %q", ErrProtocol, rest, kind)
	}
	if length < 0 {
		return true, nil
	}
	switch kind {
	case '$', '=', '!':
		s.skip, s.tail = length, true
		return false, nil
	case '%', '|':
		length *= 2
	case '>':
		if len(s.stack) > 0 {
			return false, fmt.Errorf("%w: push frame inside a reply", ErrProtocol)
		}
		s.push = true
	}
	if length == 0 {
		return kind != '|', nil
	}
	if len(s.stack) == maxDepth {
		return false, fmt.Errorf("%w: a reply is nested deeper than %d", ErrProtocol, maxDepth)
	}
	s.stack = append(s.stack, aggregate{left: length, attribute: kind == '|'})
	return false, nil
}

// close counts a complete value in the aggregates that hold it, and tells whether the frame is complete with it.
func (s *replyScanner) close() bool {
	for len(s.stack) > 0 {
		top := &s.stack[len(s.stack)-1]
		top.left--
		if top.left > 0 {
			return false
		}
		attribute := top.attribute
		s.stack = s.stack[:len(s.stack)-1]
		if attribute {
			return false
		}
	}
	return true
}
