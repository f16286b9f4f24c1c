package live

import (
	"net"
	"testing"
)

func TestAConnectionIsHeldUntilItsClientCloses(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		listener, err := net.Listen(network, "localhost:0")
		if err != nil {
			t.Logf("left out: %v", err)
			continue
		}
		defer listener.Close()
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		count := func(when string, want int) {
			t.Helper()
			if got := heldTo("1", port); got != want {
				t.Errorf("%s, %s: %d are held, want %d", network, when, got, want)
			}
		}
		count("before", 0)
		client, err := net.Dial(network, listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		count("nobody has accepted it", 1)
		server, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		count("open", 1)
		server.Close()
		count("closed by the other side", 1)
		client.Close()
		count("closed", 0)
	}
}
