package redismodel

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scanRound reads a reply to SCAN.
func scanRound(reply string) (cursor string, keys []string) {
	lines := strings.Split(reply, "\r\n")
	for i := 5; i < len(lines); i += 2 {
		keys = append(keys, lines[i])
	}
	return lines[2], keys
}

// scanAll goes round until the cursor is 0 again.
func scanAll(scan func(cursor string) string, between func()) (found map[string]bool, rounds int) {
	found = map[string]bool{}
	for cursor := "0"; rounds == 0 || cursor != "0"; rounds++ {
		var keys []string
		cursor, keys = scanRound(scan(cursor))
		for _, key := range keys {
			found[key] = true
		}
		between()
	}
	return found, rounds
}

func TestAScanFindsWhatItFindsOnARealServer(t *testing.T) {
	p, err := newPair(realAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	commands := [][]string{}
	for i := range 60 {
		commands = append(commands, []string{"SET", fmt.Sprint("s", i), "x"}, []string{"RPUSH", fmt.Sprint("l", i), "x"})
	}
	for at := range slices.Chunk(commands, 10) {
		if err := p.run(burst{commands: at}); err != nil {
			t.Fatal(err)
		}
	}
	for _, options := range []string{"", "COUNT 3", "COUNT 1", "COUNT 7 MATCH ?1*", "TYPE list", "MATCH none"} {
		command := func(cursor string) []string { return append([]string{"SCAN", cursor}, strings.Fields(options)...) }
		real, rounds := scanAll(func(cursor string) string {
			reply, err := p.real[0].do(command(cursor)...)
			if err != nil {
				t.Fatal(err)
			}
			return reply
		}, func() {})
		found, own := scanAll(func(cursor string) string {
			return string(p.models[0].Do(p.ids[0], 0, bytesOf(command(cursor)...), nil))
		}, func() {})
		if difference := cmp.Diff(real, found); difference != "" || rounds == 1 || own == 1 {
			t.Errorf("SCAN %s, in %d rounds and %d: %s", options, rounds, own, difference)
		}
	}
}

// Keys that come and go meanwhile may be found or not; all others are.
func TestAScanFindsWhatIsThereAllTheTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(Options{ShortScans: rapid.Bool().Draw(t, "short")})
		c := s.Connect("10.0.0.1:1")
		key := rapid.Map(rapid.IntRange(0, 30), func(i int) string { return fmt.Sprint("k", i) })
		stay := rapid.SliceOfDistinct(key, rapid.ID).Draw(t, "stay")
		for _, k := range stay {
			do(s, c, 0, "SET "+k+" x")
		}
		found, rounds := scanAll(func(cursor string) string { return do(s, c, 0, "SCAN "+cursor+" COUNT 2") }, func() {
			for _, k := range rapid.SliceOf(key).Draw(t, "others") {
				if !slices.Contains(stay, k) {
					do(s, c, 0, rapid.SampledFrom([]string{"SET " + k + " x", "DEL " + k}).Draw(t, "change"))
				}
			}
		})
		if rounds > 64 {
			t.Fatal("it does not end")
		}
		for _, k := range stay {
			if !found[k] {
				t.Fatalf("%s is not among %q", k, slices.Sorted(maps.Keys(found)))
			}
		}
	})
}

func TestACursorIsReadAsOnARealServer(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	converse(t, s, c, 0, "SET a 1 => +OK", "SCAN -0 => *2|$1|0|*1|$1|a", "SCAN -1 => -ERR invalid cursor", "SCAN x COUNT 0 => -ERR invalid cursor",
		"SCAN 18446744073709551615 => *2|$1|0|*0", "SCAN 18446744073709551616 => -ERR invalid cursor", "SCAN 0 COUNT 0 => -ERR syntax error",
		"SCAN 0 TYPE STRING => *2|$1|0|*1|$1|a", "SCAN 0 TYPE nope => *2|$1|0|*0")
}
