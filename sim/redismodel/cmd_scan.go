package redismodel

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// scanRequest is a parsed SCAN.
type scanRequest struct {
	cursor  uint64
	count   int64
	pattern string
	kind    string
	anyKind bool
}

func parseScan(args [][]byte) (r scanRequest, msg string) {
	r = scanRequest{count: 10, pattern: "*", anyKind: true}
	var ok bool
	if r.cursor, ok = parseCursor(args[1]); !ok {
		return r, "ERR invalid cursor"
	}
	for opts := args[2:]; len(opts) > 0; opts = opts[2:] {
		switch {
		case len(opts) < 2:
			return r, errSyntax
		case is(opts[0], "COUNT"):
			if r.count, ok = parseInt(opts[1]); !ok {
				return r, errNotInteger
			}
			if r.count < 1 {
				return r, errSyntax
			}
		case is(opts[0], "MATCH"):
			r.pattern = string(opts[1])
		case is(opts[0], "TYPE"):
			r.kind, r.anyKind = string(opts[1]), false
		default:
			return r, errSyntax
		}
	}
	return r, ""
}

// parseCursor reads a number as C's strtoull does.
func parseCursor(arg []byte) (uint64, bool) {
	text := strings.TrimLeft(string(arg), space)
	if text == "-0" {
		return 0, true
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64)
	return n, err == nil
}

// cmdScan looks at so many keys in a round as the COUNT says, unless ShortScans
// are wanted. As in Redis it remembers nothing of a scan: a cursor is a place in
// the order of the keys' hashes, which does not move when other keys come and
// go, so a key that is there all the time is found.
func cmdScan(s *Server, _ *conn, args [][]byte, out []byte) []byte {
	r, msg := parseScan(args)
	if msg != "" {
		return appendError(out, msg)
	}
	if s.opts.ShortScans {
		r.count = int64(min(r.cursor, 1))
	}
	keys := s.live()
	slices.SortFunc(keys, func(a, b *object) int {
		return cmp.Or(cmp.Compare(place(a.key), place(b.key)), strings.Compare(a.key, b.key))
	})
	from, _ := slices.BinarySearchFunc(keys, r.cursor, func(o *object, at uint64) int { return cmp.Compare(place(o.key), at) })
	to := int(min(int64(from)+min(r.count, int64(len(keys))), int64(len(keys))))
	for to > 0 && to < len(keys) && place(keys[to].key) == place(keys[to-1].key) {
		to++ // they cannot be told apart by a cursor
	}
	next := uint64(0)
	if to < len(keys) {
		next = place(keys[to].key)
	}
	var found []string
	for _, o := range keys[from:to] {
		if (r.anyKind || strings.EqualFold(kindNames[o.kind], r.kind)) && glob(r.pattern, o.key) {
			found = append(found, o.key)
		}
	}
	out = appendBulk(appendArray(out, 2), strconv.FormatUint(next, 10))
	return appendBulks(out, found)
}

// place is where a key stands in a scan, never 0 and short enough for clients
// that read cursors as signed or as floating point numbers.
func place(key string) uint64 { return xxhash.Sum64String(key)>>12 | 1 }
