//go:build unix

package proxy

import (
	"net"
	"syscall"
)

// waitForReset waits until a connection whose peer has closed its writing half is reset, or closed by this side. Reads
// cannot tell: they report the peer's close for ever.
func waitForReset(c *net.TCPConn) (reset bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Read(func(fd uintptr) bool {
		failure, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
		reset = err == nil && failure != 0
		return reset || err != nil
	})
	return reset && err == nil
}
