package terminal

import (
	"bytes"
	"io"
	"sync"
)

// Shared is a terminal that several streams of a program go to. Where progress is shown on one of them, what is
// written to any of them stands above the block, and stays. The zero value is ready.
type Shared struct {
	mu     sync.Mutex // held by whoever writes to the terminal
	shown  *screen    // nil: no progress is shown
	midway bool       // the cursor stands in the middle of a line
}

// Stream makes a stream one of those that go to the terminal. If its width can be asked for, lines are folded.
func (s *Shared) Stream(w io.Writer, width func() int) io.Writer { return stream{w, s, width} }

// stream is one of the streams to a terminal.
type stream struct {
	io.Writer
	shared *Shared
	width  func() int
}

func (s stream) Write(text []byte) (int, error) {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	if s.shared.shown != nil {
		s.shared.shown.makeRoom()
	}
	if len(text) == 0 {
		return 0, nil
	}
	midway := s.shared.midway
	s.shared.midway = !bytes.HasSuffix(text, []byte("\n"))
	if s.width == nil {
		return s.Writer.Write(text)
	}
	if _, err := io.WriteString(s.Writer, foldAll(string(text), s.width(), midway)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Unwrap is the stream that was shared.
func (s stream) Unwrap() io.Writer { return s.Writer }
