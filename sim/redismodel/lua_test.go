package redismodel

import (
	"fmt"
	"slices"
	"testing"
)

func TestAScriptWithoutEndIsRefused(t *testing.T) {
	for _, script := range []string{
		"while true do end",
		"while true do pcall(function() while true do end end) end",
		"return coroutine.wrap(function() while true do end end)()",
		"local t = coroutine.create(function() while true do end end) while true do coroutine.resume(t) end",
		"local t = os.clock() while os.clock() - t < 1 do end return 1",
		"local function f() return f() end return f()",
	} {
		s := New(Options{})
		c := s.Connect("10.0.0.1:1")
		s.Do(c, 0, bytesOf("EVAL", script, "0"), nil)
		if got := s.Unsupported(); !slices.Equal(got, []string{"script of more than 5000000 instructions"}) {
			t.Errorf("%s: unsupported %q", script, got)
		}
		converse(t, s, c, 0, "PING => +PONG")
		if got := string(s.Do(c, 0, bytesOf("EVAL", "return 1", "0"), nil)); got != ":1\r\n" {
			t.Errorf("after %s: %q", script, got)
		}
	}
}

func TestTheFirst500ScriptsOfEvalAreRemembered(t *testing.T) {
	s := New(Options{})
	c := s.Connect("10.0.0.1:1")
	s.Do(c, 0, bytesOf("SCRIPT", "LOAD", "return 0"), nil)
	for i := range mostEvaluated {
		s.Do(c, 0, bytesOf("EVAL", fmt.Sprint("return ", i+1), "0"), nil)
		s.Do(c, 0, bytesOf("EVAL", fmt.Sprint("return ", i), "0"), nil)
	}
	if got := s.Unsupported(); len(got) > 0 {
		t.Fatalf("unsupported %q", got)
	}
	s.Do(c, 0, bytesOf("EVAL", "return -1", "0"), nil)
	if got := s.Unsupported(); !slices.Equal(got, []string{"eval of more than 500 scripts"}) {
		t.Errorf("unsupported %q", got)
	}
}

func TestSectionsOfInfoAreRefusedByName(t *testing.T) {
	s := New(Options{})
	converse(t, s, s.Connect("10.0.0.1:1"), 0, "INFO server CPU => -ERR simulated redis: unsupported command 'info cpu'", "INFO sentinel => $0|")
}

func TestScriptsAreRefusedByName(t *testing.T) {
	for script, want := range map[string]string{
		"return math['ran' .. 'dom']()":  "math.random by another name",
		"return tostring({})":            "tostring of a table",
		"return tostring(redis.call)":    "tostring of a function",
		"error(function() end)":          "error with an address",
		"local x = nil return x[{}]":     "error with an address",
		"local goto = 3 return goto":     "script with goto",
		"return collectgarbage('count')": "collectgarbage of count",
		"return string.rep('x', 1e9)":    "string.rep of more than 64 MB",
		"return ('a'):find('a%')":        "Lua pattern that ends with %",
		"return ('a'):gsub('a', '%', 1)": "Lua pattern that ends with %",
		"return next({}, 'x')":           "next of a key that is not there",
	} {
		s := New(Options{})
		s.Do(s.Connect("10.0.0.1:1"), 0, bytesOf("EVAL", script, "0"), nil)
		if got := s.Unsupported(); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: unsupported %q", script, got)
		}
	}
}
