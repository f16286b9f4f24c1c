package wire

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/faults/wire/wiretest"
)

// sameCommand compares what is read quickly with what the reader says.
func sameCommand(t interface {
	Helper()
	Errorf(string, ...any)
}, in string) {
	t.Helper()
	args, n, err := ParseCommand([]byte(in))
	want, m, problem := new(commandReader).read([]byte(in))
	got, expected := fmt.Sprintf("%q %d %v", args, n, err), fmt.Sprintf("%q %d %v", want, m, problem)
	if got != expected {
		t.Errorf("%.60q: got %s, want %s", in, got, expected)
	}
}

func TestAQuickReadIsNoOther(t *testing.T) {
	for _, in := range []string{
		"", "*", "*1", "*1\r", "*1\r\n", "*0\r\n", "*-1\r\n", "*01\r\n", "*x\r\n", "*1\n$1\r\na\r\n", "PING\r\n",
		"*1\r\n$4\r\nPING\r\n*1", "*2\r\n$3\r\nGET\r\n$0\r\n\r\n", "*1\r\n$-1\r\n\r\n", "*1\r\n$04\r\nPING\r\n",
		"*1\r\n$4\r\nPING\r", "*1\r\n$4\r\nPING\rx", "*1\r\n$3\r\nPING\r\n", "*1\r\n:4\r\n", "*9999\r\n$1\r\na\r\n",
		"*1\r\n$10000\r\n" + strings.Repeat("a", 10000) + "\r\n", "*10000\r\n" + strings.Repeat("$1\r\na\r\n", 10000),
	} {
		sameCommand(t, in)
	}
}

func TestNoQuickReadIsAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(wiretest.AppendCommand(nil, rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 1, 6).Draw(t, "args")...))
		sameCommand(t, in)
		sameCommand(t, in[:rapid.IntRange(0, len(in)).Draw(t, "cut")])
	})
}
