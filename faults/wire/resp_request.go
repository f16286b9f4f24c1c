package wire

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

// Limits of a request, as in Redis (PROTO_INLINE_MAX_SIZE, proto-max-bulk-len and INT_MAX arguments).
const (
	maxLine = 64 << 10
	maxBulk = 512 << 20
	maxArgs = math.MaxInt32
)

// ParseCommand reads the first request of buf: an array of bulk strings, or a line of words. The arguments of an array
// alias buf. n == 0 without an error asks for more bytes. An empty array or line is a request without arguments.
func ParseCommand(buf []byte) (args [][]byte, n int, err error) {
	if args, n := quick(buf); n > 0 {
		return args, n, nil
	}
	return new(commandReader).read(buf)
}

// quick reads a request as clients send it, a complete array of bulk strings of
// no great length, into memory of the right size. n is 0 if it is not of that kind.
func quick(buf []byte) (args [][]byte, n int) {
	count, at := shortLength(buf, 0, '*')
	if at == 0 || count > len(buf)/minBulk {
		return nil, 0
	}
	args = make([][]byte, count)
	for i := range args {
		size, from := shortLength(buf, at, '$')
		to := from + size
		if from == 0 || to+2 > len(buf) || buf[to] != '\r' || buf[to+1] != '\n' {
			return nil, 0
		}
		args[i], at = buf[from:to:to], to+2
	}
	return args, at
}

// minBulk is the length of the shortest argument, the empty one.
const minBulk = len("$0\r\n\r\n")

// shortLength reads a number of one to four digits in a line of its own that begins with a byte for its type. next is
// 0 if there is no such line.
func shortLength(buf []byte, at int, kind byte) (n, next int) {
	if at >= len(buf) || buf[at] != kind {
		return 0, 0
	}
	for i := at + 1; i < len(buf) && i <= at+5; i++ {
		switch c := buf[i]; {
		case c >= '0' && c <= '9' && (n > 0 || i == at+1):
			n = 10*n + int(c-'0')
		case c == '\r' && i > at+1 && i+1 < len(buf) && buf[i+1] == '\n':
			return n, i + 2
		default:
			return 0, 0
		}
	}
	return 0, 0
}

// commandReader remembers how far it has come, so that a request which arrives in many parts is read only once.
type commandReader struct {
	open  bool // the head of the array was read
	left  int  // arguments still to come
	pos   int
	spans []span
	args  [][]byte
}

type span struct{ from, to int }

func (r *commandReader) read(buf []byte) ([][]byte, int, error) {
	if len(buf) == 0 {
		return nil, 0, nil
	}
	if buf[0] != '*' {
		return readInline(buf)
	}
	if !r.open {
		count, next, err := readLength(buf, 0, maxArgs)
		if next == 0 || err != nil {
			return nil, 0, err
		}
		r.open, r.left, r.pos, r.spans = true, count, next, r.spans[:0]
	}
	for ; r.left > 0; r.left-- {
		next, err := r.readArgument(buf)
		if next == 0 || err != nil {
			return nil, 0, err
		}
		r.pos = next
	}
	r.args = slices.Grow(r.args[:0], len(r.spans))
	for _, s := range r.spans {
		r.args = append(r.args, buf[s.from:s.to:s.to])
	}
	r.open = false
	return r.args, r.pos, nil
}

// readArgument reads the bulk string at pos and returns the position behind it, or 0 to ask for more.
func (r *commandReader) readArgument(buf []byte) (next int, err error) {
	if r.pos == len(buf) {
		return 0, nil
	}
	if buf[r.pos] != '$' {
		return 0, fmt.Errorf("%w: an argument begins with %q instead of '$'", ErrProtocol, buf[r.pos])
	}
	size, from, err := readLength(buf, r.pos, maxBulk)
	if from == 0 || err != nil {
		return 0, err
	}
	if size < 0 {
		return 0, fmt.Errorf("%w: an argument has the length %d", ErrProtocol, size)
	}
	to := from + size
	if len(buf) < to+2 {
		return 0, nil
	}
	if buf[to] != '\r' || buf[to+1] != '\n' {
		return 0, fmt.Errorf("%w: an argument is longer than announced", ErrProtocol)
	}
	r.spans = append(r.spans, span{from, to})
	return to + 2, nil
}

// readLength reads the number in the line that begins with a type byte at pos.
func readLength(buf []byte, pos, limit int) (length, next int, err error) {
	// The longest number that can be within a limit has ten digits.
	const longest = 32
	line, next, err := readLine(buf, pos, longest)
	if next == 0 || err != nil {
		return 0, 0, err
	}
	length, ok := parseLength(line[1:])
	if !ok || length > limit {
		return 0, 0, fmt.Errorf("%w: invalid length %q", ErrProtocol, line)
	}
	return length, next, nil
}

// readLine returns the line at pos without its CRLF, and the position behind it, or 0 to ask for more.
func readLine(buf []byte, pos, limit int) (line []byte, next int, err error) {
	end := bytes.IndexByte(buf[pos:], '\r')
	if end > limit || end < 0 && len(buf)-pos > limit {
		return nil, 0, fmt.Errorf("%w: a line is longer than %d bytes", ErrProtocol, limit)
	}
	if end < 0 || pos+end+1 == len(buf) {
		return nil, 0, nil
	}
	if buf[pos+end+1] != '\n' {
		return nil, 0, fmt.Errorf("%w: CR without LF", ErrProtocol)
	}
	return buf[pos : pos+end], pos + end + 2, nil
}

// parseLength accepts what Redis writes: -1, or decimal digits without a leading zero.
func parseLength(b []byte) (length int, ok bool) {
	if string(b) == "-1" {
		return -1, true
	}
	const longest = 18
	if len(b) == 0 || len(b) > longest || len(b) > 1 && b[0] == '0' {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		length = length*10 + int(c-'0')
	}
	return length, true
}

func readInline(buf []byte) ([][]byte, int, error) {
	end := bytes.IndexByte(buf, '\n')
	if end > maxLine || end < 0 && len(buf) > maxLine {
		return nil, 0, fmt.Errorf("%w: an inline request is longer than %d bytes", ErrProtocol, maxLine)
	}
	if end < 0 {
		return nil, 0, nil
	}
	if bytes.ContainsAny(buf[:end], `"'`) {
		return nil, 0, fmt.Errorf("%w: quotes in an inline request", ErrUnsupported)
	}
	return bytes.Fields(buf[:end]), end + 1, nil
}
