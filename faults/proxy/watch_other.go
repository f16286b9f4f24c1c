//go:build !unix

package proxy

import "net"

// waitForReset would wait for a reset of a half-closed connection, which is not known to be seen on this system.
func waitForReset(*net.TCPConn) (reset bool) { return false }
