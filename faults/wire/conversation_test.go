package wire_test

import (
	"bytes"
	"fmt"
	"testing"

	"onceover/faults/wire"
)

// turn is what one side sends before the other side speaks.
type turn struct {
	client bool
	bytes  []byte
}

func client(b []byte) turn { return turn{true, b} }
func server(b []byte) turn { return turn{false, b} }

// conversation feeds a session in pieces and writes down what it finds.
type conversation struct {
	session        wire.Session
	client, server []byte // bytes that were not consumed yet
	found          []string
	due            int
	err            error
}

func newConversation(p wire.Protocol) *conversation {
	session, err := p.NewSession()
	if err != nil {
		panic(err)
	}
	return &conversation{session: session}
}

func (c *conversation) feed(isClient bool, piece []byte) {
	if c.err != nil {
		return
	}
	if isClient {
		c.client = append(c.client, piece...)
		c.requests()
	} else {
		c.server = append(c.server, piece...)
		c.replies()
	}
}

func (c *conversation) requests() {
	for len(c.client) > 0 {
		req, n, err := c.session.Client(c.client)
		if n < 0 || n > len(c.client) || err != nil && n != 0 {
			panic(fmt.Sprintf("Client consumed %d of %d bytes, error %v", n, len(c.client), err))
		}
		if err != nil {
			c.fail(err)
			return
		}
		if n == 0 {
			return
		}
		line := fmt.Sprintf("%d bytes: %s %q %d", n, req, req.Args, req.Statement)
		if req.Silent {
			line += " silent"
		} else {
			c.due++
		}
		c.found = append(c.found, line)
		// A session must not depend on the bytes that it consumed.
		c.client = bytes.Clone(c.client[n:])
	}
}

func (c *conversation) replies() {
	for len(c.server) > 0 {
		n, end, err := c.session.Server(c.server)
		if n < 0 || n > len(c.server) || n == 0 && end != wire.Unfinished {
			panic(fmt.Sprintf("Server consumed %d of %d bytes, end %s", n, len(c.server), end))
		}
		c.server = bytes.Clone(c.server[n:])
		if err != nil {
			c.fail(err)
			return
		}
		switch end {
		case wire.Reply:
			c.due--
		case wire.Unfinished:
			if n == 0 {
				return
			}
			continue
		}
		c.found = append(c.found, end.String())
	}
}

func (c *conversation) fail(err error) {
	c.err = err
	c.found = append(c.found, err.Error())
}

func play(p wire.Protocol, turns []turn, piece func(turn) [][]byte) *conversation {
	c := newConversation(p)
	for _, t := range turns {
		for _, b := range piece(t) {
			c.feed(t.client, b)
		}
	}
	return c
}

func whole(t turn) [][]byte { return [][]byte{t.bytes} }

func byteByByte(t turn) [][]byte {
	var pieces [][]byte
	for i := range t.bytes {
		pieces = append(pieces, t.bytes[i:i+1])
	}
	return pieces
}

func sameFound(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Fatalf("%d: nothing, want %s", i, want[i])
		case i >= len(want):
			t.Fatalf("%d: unexpected %s", i, got[i])
		case got[i] != want[i]:
			t.Fatalf("%d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}
