package redismodel

import (
	"testing"

	"onceover/sim/modeltest"
)

func TestADifferenceHasItsClass(t *testing.T) {
	for _, c := range []struct {
		d    difference
		want modeltest.Class
	}{
		{difference{args: []string{"Get", "k"}, real: "$1\r\na\r\n", model: "$1\r\nb\r\n"}, modeltest.Class{Of: "get", Difference: "another string"}},
		{difference{args: []string{"INCR", "k"}, real: ":1\r\n", model: "-ERR no\r\n"}, modeltest.Class{Of: "incr", Difference: "error ERR where a real server has integer"}},
		{difference{args: []string{"client", "LIST"}, real: "$-1\r\n", model: "$N\r\n"}, modeltest.Class{Of: "client|list", Difference: "string where a real server has null"}},
		{difference{args: []string{"lrange"}, real: "*1\r\n$1\r\na\r\n", model: "*0\r\n"}, modeltest.Class{Of: "lrange", Difference: "array of another length"}},
		{difference{args: []string{"lrange"}, real: "*1\r\n$1\r\na\r\n", model: "*1\r\n$1\r\nb\r\n"}, modeltest.Class{Of: "lrange", Difference: "another array"}},
		{difference{args: []string{"NoSuch"}, real: "-ERR a\r\n", model: "-ERR b\r\n"}, modeltest.Class{Of: "nosuch", Difference: "another error ERR"}},
		{difference{args: []string{"WAIT"}, real: "i/o timeout"}, modeltest.Class{Of: "wait", Difference: "nothing where a real server has i/o timeout"}},
		{difference{args: []string{"SET"}, real: "+OK\r\n", model: "panic: oh\n"}, modeltest.Class{Of: "set", Difference: "panic: oh where a real server has status OK"}},
	} {
		if got := c.d.class(); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.d.args, got, c.want)
		}
	}
}
