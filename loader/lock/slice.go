package lock

import (
	"context"
	"strings"
)

// Slice is a part of a chunk that is too large for one commit. The zero value is the
// whole chunk.
type Slice struct {
	From string // the key at which it begins; "" for the chunk's first
	Next string // the key at which the next one begins; "" if this is the last
}

// Slicer is a claim that can push its chunk in slices, each after the one before, whoever
// pushed that one.
type Slicer interface {
	Push(ctx context.Context, slice Slice, elements [][]byte) (Outcome, error)
}

// Sliced is the error of a slice that does not go on where the chunk is: nothing was
// pushed.
type Sliced struct {
	At string // the key at which the next slice begins; "" for the chunk's first
}

func (s Sliced) Error() string {
	if s.At == "" {
		return "no slice of the chunk is pushed"
	}
	return "the chunk is pushed up to another key"
}

// mark stands in the owner's place while more slices of a chunk are to come. No token
// begins so.
func (s Slice) mark() string { return ">" + s.Next }

// begun tells whether an owner is none: some slices of the chunk are pushed.
func begun(owner string) bool { return strings.HasPrefix(owner, ">") }
