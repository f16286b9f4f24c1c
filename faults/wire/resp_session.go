package wire

import (
	"bytes"
	"fmt"
	"strings"
)

// respSession counts the replies that are due; RESP answers requests in order, one frame each.
type respSession struct {
	reader     commandReader
	scanner    replyScanner
	due        int
	resp3      bool // the client asked for RESP3, where messages of subscriptions are push frames
	subscribed bool // RESP2: the connection is a stream of messages from now on
}

func (s *respSession) Client(buf []byte) (Request, int, error) {
	args, n, err := s.reader.read(buf)
	if n == 0 || err != nil {
		return Request{}, 0, err
	}
	req := Request{Protocol: RESP, Args: args, Silent: len(args) == 0}
	if len(args) > 0 {
		if err := s.note(&req); err != nil {
			return Request{}, 0, err
		}
	}
	if !req.Silent {
		s.due++
	}
	return req, n, nil
}

// note keeps track of the commands that change how the connection answers.
func (s *respSession) note(req *Request) error {
	name, args := req.Args[0], req.Args[1:]
	switch {
	case isWord(name, "HELLO") && len(args) > 0:
		s.resp3 = string(args[0]) == "3"
	case isWord(name, "RESET"):
		s.resp3 = false
	case isWord(name, "CLIENT") && len(args) > 0 && isWord(args[0], "REPLY"):
		return fmt.Errorf("%w: CLIENT REPLY", ErrUnsupported)
	case len(name) >= len("SUBSCRIBE") && subscriptions[strings.ToUpper(string(name))]:
		req.Silent = true
		s.subscribed = s.subscribed || !s.resp3
	}
	req.Silent = req.Silent || s.subscribed
	return nil
}

var subscriptions = map[string]bool{
	"SUBSCRIBE": true, "PSUBSCRIBE": true, "SSUBSCRIBE": true,
	"UNSUBSCRIBE": true, "PUNSUBSCRIBE": true, "SUNSUBSCRIBE": true,
}

func isWord(b []byte, word string) bool {
	return len(b) == len(word) && bytes.EqualFold(b, []byte(word))
}

func (s *respSession) Server(buf []byte) (int, End, error) {
	n, done, err := s.scanner.scan(buf)
	switch {
	case err != nil || !done:
		return n, Unfinished, err
	case s.scanner.push || s.due == 0:
		return n, Unasked, nil
	}
	s.due--
	return n, Reply, nil
}
