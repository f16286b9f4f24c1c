package redismodel

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

type streamID struct{ ms, seq uint64 }

var maxStreamID = streamID{math.MaxUint64, math.MaxUint64}

func (a streamID) compare(b streamID) int {
	return cmp.Or(cmp.Compare(a.ms, b.ms), cmp.Compare(a.seq, b.seq))
}

func (a streamID) String() string {
	return strconv.FormatUint(a.ms, 10) + "-" + strconv.FormatUint(a.seq, 10)
}

func (a streamID) next() streamID {
	if a.seq == math.MaxUint64 {
		return streamID{a.ms + 1, 0}
	}
	return streamID{a.ms, a.seq + 1}
}

func (a streamID) previous() streamID {
	if a.seq == 0 {
		return streamID{a.ms - 1, math.MaxUint64}
	}
	return streamID{a.ms, a.seq - 1}
}

// parseStreamID reads "ms-seq" or "ms", which then means seq.
func parseStreamID(arg []byte, seq uint64) (streamID, bool) {
	msText, seqText, both := strings.Cut(string(arg), "-")
	ms, err := strconv.ParseUint(msText, 10, 64)
	if err == nil && both {
		seq, err = strconv.ParseUint(seqText, 10, 64)
	}
	return streamID{ms, seq}, err == nil
}

// stream is an append-only log with consumer groups.
type stream struct {
	entries []streamEntry // by id
	last    streamID
	groups  []*group // by name
	bytes   int64
}

type streamEntry struct {
	id     streamID
	fields []string // names and values in turn
}

type group struct {
	name      string
	last      streamID
	pending   []pending // by id
	consumers []string  // sorted
}

type pending struct {
	id        streamID
	consumer  string
	delivered int64 // Unix milliseconds
	count     int64
}

// values are the first value of each entry.
func (t *stream) values() []string {
	all := make([]string, len(t.entries))
	for i, e := range t.entries {
		all[i] = e.fields[1]
	}
	return all
}

func (t *stream) clone() *stream {
	c := &stream{entries: slices.Clone(t.entries), last: t.last, bytes: t.bytes}
	for _, g := range t.groups {
		d := *g
		d.pending, d.consumers = slices.Clone(g.pending), slices.Clone(g.consumers)
		c.groups = append(c.groups, &d)
	}
	return c
}

// at returns the position of the first entry from id on.
func (t *stream) at(id streamID) (int, bool) {
	return slices.BinarySearchFunc(t.entries, id, func(e streamEntry, id streamID) int { return e.id.compare(id) })
}

func (t *stream) group(name []byte) *group {
	for _, g := range t.groups {
		if g.name == string(name) {
			return g
		}
	}
	return nil
}

func (g *group) at(id streamID) (int, bool) {
	return slices.BinarySearchFunc(g.pending, id, func(p pending, id streamID) int { return p.id.compare(id) })
}

func (g *group) addConsumer(name string) (added bool) {
	i, found := slices.BinarySearch(g.consumers, name)
	if !found {
		g.consumers = slices.Insert(g.consumers, i, name)
	}
	return !found
}

func (t *stream) drop(i int) {
	for _, f := range t.entries[i].fields {
		t.bytes -= int64(len(f))
	}
	t.entries = slices.Delete(t.entries, i, i+1)
}

func (t *stream) text() string {
	var b strings.Builder
	for _, e := range t.entries {
		fmt.Fprintf(&b, "%v%q ", e.id, e.fields)
	}
	fmt.Fprintf(&b, "last=%v", t.last)
	for _, g := range t.groups {
		fmt.Fprintf(&b, " group %q last=%v consumers=%q", g.name, g.last, g.consumers)
		for _, p := range g.pending {
			fmt.Fprintf(&b, " pending %v %q at=%d times=%d", p.id, p.consumer, p.delivered, p.count)
		}
	}
	return b.String()
}
