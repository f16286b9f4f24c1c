package sim

import (
	"runtime/debug"
	"testing"
	"unsafe"
)

// useStack needs a stack that goroutines do not begin with.
//
//go:noinline
func useStack(n int) byte {
	var room [stackRoom / 2]byte
	for i := range room {
		room[i] = byte(n + i)
	}
	return room[n]
}

// movesItsStack tells whether a goroutine that calls prepare first has its
// stack moved by what it does then.
func movesItsStack(prepare func()) bool {
	moved := make(chan bool)
	go func() {
		prepare()
		var here byte
		before := uintptr(unsafe.Pointer(&here))
		useStack(1)
		moved <- before != uintptr(unsafe.Pointer(&here))
	}()
	return <-moved
}

func TestStacksAreLargeBeforeClientsNeedThem(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it makes stacks small again
	if !movesItsStack(func() {}) {
		t.Error("a stack was large enough without grow")
	}
	if movesItsStack(func() { grow(false) }) {
		t.Error("a stack was moved in spite of grow")
	}
}
