package loader

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// handshakeWait is how long a server may take for its part of a TLS handshake.
const handshakeWait = 5 * time.Second

// errNoHandshake is of a server that takes the connection and says nothing: one without
// TLS waits for the end of a line, which the beginning of a handshake need not hold.
var errNoHandshake = errors.New("no answer to the beginning of TLS")

// dialTLS is go-redis' own dialer, which does not tell a server that is not there from one
// without TLS.
func dialTLS(config *tls.Config) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		plain, err := (&net.Dialer{Timeout: handshakeWait, KeepAlive: time.Minute}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		waiting, stop := context.WithTimeout(ctx, handshakeWait)
		defer stop()
		secure := tls.Client(plain, config)
		err = secure.HandshakeContext(waiting)
		if err == nil {
			return secure, nil
		}
		_ = plain.Close() // it is of no use
		if ctx.Err() == nil && waiting.Err() != nil {
			err = errors.Join(errNoHandshake, err)
		}
		return nil, err
	}
}
