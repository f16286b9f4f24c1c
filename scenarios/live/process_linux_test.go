package live

import (
	"net"
	"testing"
)

func TestAConnectionIsHeldUntilItsClientCloses(t *testing.T) {
	for network, address := range map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"} {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Logf("this machine has no %s: %v", network, err)
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
