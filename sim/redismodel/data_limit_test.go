package redismodel

import (
	"slices"
	"testing"
)

func TestDataIsBounded(t *testing.T) {
	for _, args := range [][]string{
		{"SET", "k", "v"},
		{"EVAL", "for i = 1, 1000 do redis.call('SET', i, string.rep('x', 1000000)) end", "0"},
	} {
		s := New(Options{})
		c := s.Connect("10.0.0.1:1")
		s.used = mostData - 2_000_000
		if s.Do(c, 0, bytesOf("SET", "before", "v"), nil); len(s.Unsupported()) > 0 {
			t.Errorf("unsupported: %q", s.Unsupported())
		}
		if args[0] == "SET" {
			s.used = mostData
		}
		s.Do(c, 0, bytesOf(args...), nil)
		if !slices.Equal(s.Unsupported(), []string{tooMuchData}) {
			t.Errorf("%q: unsupported %q", args, s.Unsupported())
		}
		if len(s.db) > 10 {
			t.Errorf("%q: it goes on to %d keys", args, len(s.db))
		}
	}
}
