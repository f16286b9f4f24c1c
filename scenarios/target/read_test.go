package target_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

func TestMain(m *testing.M) { os.Exit(serverstest.Main(m)) }

func client(t *testing.T) *redis.Client {
	t.Helper()
	c := redis.NewClient(serverstest.RedisOptions(t))
	t.Cleanup(func() { c.Close() })
	return c
}

func of(t rapid.TB, s target.Spec, chunks int) target.Target {
	t.Helper()
	where, err := s.Of(worker.Contract{List: "rows", Chunks: chunks, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// Whatever was pushed is read, each element once, from the list in which it is.
func TestAllListsAreReadAsOne(t *testing.T) {
	c := client(t)
	where := of(t, target.Spec{Lists: []string{"{list}:{chunk}"}}, 20)
	rapid.Check(t, func(rt *rapid.T) {
		if err := c.FlushAll(t.Context()).Err(); err != nil {
			rt.Fatal(err)
		}
		var want []string
		for i, n := range rapid.SliceOfN(rapid.IntRange(0, 3), len(where.Keys()), len(where.Keys())).Draw(rt, "lengths") {
			for at := range n {
				row := fmt.Sprint(rapid.IntRange(0, 9).Draw(rt, "row"))
				want = append(want, fmt.Sprintf("%s %d of %s", row, at, where.Keys()[i]))
				if err := c.RPush(t.Context(), where.Keys()[i], row).Err(); err != nil {
					rt.Fatal(err)
				}
			}
		}
		var places target.Places
		var rows, got []string
		err := where.Each(t.Context(), c, func(e target.Element) error {
			places.Add(e.Key)
			rows = append(rows, string(e.Content))
			return nil
		})
		for i, row := range rows {
			got = append(got, row+" "+places.At(uint64(i)))
		}
		length, failed := where.Len(t.Context(), c)
		if err != nil || failed != nil || length != int64(len(want)) || !slices.Equal(got, want) {
			rt.Errorf("%q of %d, want %q: %v, %v", got, length, want, err, failed)
		}
	})
}

// A stream can be followed from any of its entries.
func TestAStreamIsReadFromAnyEntryOn(t *testing.T) {
	c := client(t)
	where := of(t, target.Spec{Stream: true}, 0)
	rapid.Check(t, func(rt *rapid.T) {
		if err := c.FlushAll(t.Context()).Err(); err != nil {
			rt.Fatal(err)
		}
		var ids, want []string
		for _, row := range rapid.SliceOfN(rapid.IntRange(0, 9), 0, 8).Draw(rt, "rows") {
			id, err := c.XAdd(t.Context(), &redis.XAddArgs{Stream: "rows", Values: []any{"row", row}}).Result()
			if err != nil {
				rt.Fatal(err)
			}
			ids, want = append(ids, id), append(want, fmt.Sprint(row))
		}
		from := rapid.IntRange(0, len(ids)).Draw(rt, "from")
		after := ""
		if from > 0 {
			after = ids[from-1]
		}
		var all, rest []string
		into := func(to *[]string) func(target.Element) error {
			return func(e target.Element) error { *to = append(*to, string(e.Content)); return nil }
		}
		err := where.Each(t.Context(), c, into(&all))
		failed := where.After(t.Context(), c, after, into(&rest))
		length, unknown := where.Len(t.Context(), c)
		if err != nil || failed != nil || unknown != nil || length != int64(len(want)) || !slices.Equal(all, want) || !slices.Equal(rest, want[from:]) {
			rt.Errorf("%q and %q of %d, want %q from %d on: %v, %v, %v", all, rest, length, want, from, err, failed, unknown)
		}
	})
}

func TestWhatIsReadInSlicesIsWhole(t *testing.T) {
	c := client(t)
	const n = 20_001
	if err := c.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	rows := make([]any, n)
	for i := range rows {
		rows[i] = i
	}
	_, err := c.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		p.RPush(t.Context(), "list", rows...)
		for i := range n {
			p.XAdd(t.Context(), &redis.XAddArgs{Stream: "rows", Values: []any{"id", i}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []target.Spec{{Lists: []string{"list"}}, {Stream: true}} {
		where, got := of(t, s, 0), 0
		err := where.Each(t.Context(), c, func(e target.Element) error {
			if string(e.Content) != fmt.Sprint(got) {
				return fmt.Errorf("%s at %d", e.Content, got)
			}
			got++
			return nil
		})
		if err != nil || got != n {
			t.Errorf("%s: %d of %d, %v", where, got, n, err)
		}
	}
}

// What stands in the place of rows is no row, and is named.
func TestAKeyOfAnotherTypeIsNamed(t *testing.T) {
	c := client(t)
	if err := c.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	c.XAdd(t.Context(), &redis.XAddArgs{Stream: "stream", Values: []any{"id", 1}})
	c.RPush(t.Context(), "rows", 7)
	for _, tt := range []struct {
		spec          target.Spec
		content, text string
		length        int64
	}{
		{target.Spec{Stream: true}, "a list in place of the stream", `"rows" is a list, and no stream`, 0},
		{target.Spec{Lists: []string{"{list}", "stream", "none"}}, "7, a stream in place of the list", `"stream" is a stream, and no list`, 1},
		{target.Spec{}, "7", "", 1},
	} {
		where := of(t, tt.spec, 0)
		var got []string
		err := where.Each(t.Context(), c, func(e target.Element) error { got = append(got, string(e.Content)); return nil })
		text, failed := where.Misfit(t.Context(), c)
		length, unknown := where.Len(t.Context(), c)
		if err != nil || failed != nil || unknown != nil || strings.Join(got, ", ") != tt.content || text != tt.text || length != tt.length {
			t.Errorf("%+v: %q, %s, %d: %v, %v, %v", tt.spec, got, text, length, err, failed, unknown)
		}
	}
}
