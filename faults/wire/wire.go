// Package wire finds the requests and the replies in the bytes of a Redis (RESP) or a MySQL connection.
//
// A [Session] follows one connection. It is fed with what the client sends and with what the server sends, and tells
// where a request ends, what it asks for, and where its reply ends. It does no I/O, knows no clock and never looks
// ahead, so it serves a TCP proxy and an in-memory connection alike, and splitting the same bytes at other places
// never changes what is found.
//
// Limits. A message that the package cannot follow is an error, never a guess: TLS, compression, CLIENT REPLY, quotes
// in an inline request, streamed RESP3 values, LOAD DATA LOCAL and replication commands are [ErrUnsupported]. After RESP2 SUBSCRIBE a
// connection counts as a stream: its requests are silent and everything that the server sends is unasked for. A
// SUBSCRIBE inside MULTI, or one that the server refuses, is not told from one that took effect.
//
//	s, _ := wire.RESP.NewSession()
//	req, n, err := s.Client([]byte("*1\r\n$4\r\nPING\r\n")) // req.Verb() == "PING", n == 14
//	n, end, err := s.Server([]byte("+PONG\r\n"))           // n == 7, end == wire.Reply
package wire

import (
	"errors"
	"fmt"
)

var (
	// ErrProtocol reports bytes that are not of the protocol.
	ErrProtocol = errors.New("wire: protocol error")
	// ErrUnsupported reports a message that is legal, but that a session cannot follow.
	ErrUnsupported = errors.New("wire: not supported")
)

// Protocol names a wire protocol. The empty protocol is none.
type Protocol string

// The protocols that have a session.
const (
	RESP  Protocol = "resp"
	MySQL Protocol = "mysql"
)

// NewSession returns a session for a connection on which no byte has been sent.
func (p Protocol) NewSession() (Session, error) {
	switch p {
	case RESP:
		return new(respSession), nil
	case MySQL:
		return new(mysqlSession), nil
	}
	return nil, fmt.Errorf("%w: protocol %q", ErrUnsupported, string(p))
}

// End tells what ends at the last byte that [Session.Server] consumed.
type End uint8

const (
	// Unfinished: the message goes on, or no byte was consumed.
	Unfinished End = iota
	// Reply: the reply to the oldest request that is still unanswered is complete.
	Reply
	// Unasked: a message that answers no request is complete: a RESP3 push frame, a message of a subscription, the
	// greeting of a MySQL server, or an error sent just before the server closes the connection.
	Unasked
)

func (e End) String() string {
	return [...]string{"unfinished", "reply", "unasked"}[e]
}

// Session follows one connection. After an error it is of no further use. It must not be used by two goroutines at once.
type Session interface {
	// Client reads the first request of buf, the bytes of the client that were not consumed yet, and returns its length.
	// n == 0 without an error asks for more: the next call must repeat the same bytes and add to them. The request may
	// alias buf and is valid until the next call.
	Client(buf []byte) (req Request, n int, err error)

	// Server consumes bytes of the server, at most up to the end of one message. A message need not be complete to be
	// consumed, so large replies can be passed on as they come. n == 0 without an error asks for more, as for Client.
	Server(buf []byte) (n int, end End, err error)
}
