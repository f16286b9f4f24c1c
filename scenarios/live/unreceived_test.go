package live

import (
	"net"
	"strings"
	"testing"
)

func TestWhatAReplicaLacksIsReadToItsEnd(t *testing.T) {
	for answer, want := range map[string]string{
		"+CONTINUE x\r\nabc":     "abc",
		"+CONTINUE\r\n":          "",
		"+FULLRESYNC x 1\r\n":    `PSYNC was answered with "+FULLRESYNC`,
		"-ERR no such thing\r\n": `PSYNC was answered with "-ERR`,
		"":                       "EOF",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		asked := make(chan string, 1)
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 1000)
			n, _ := c.Read(request)
			asked <- string(request[:n])
			_, _ = c.Write([]byte(answer))
			c.Close()
		}()
		u, err := followUnreceived(l.Addr().String(), "0123", 99)
		if got := <-asked; got != "*3\r\n$5\r\nPSYNC\r\n$4\r\n0123\r\n$3\r\n100\r\n" {
			t.Errorf("asked %q", got)
		}
		switch {
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%q: %v", answer, err)
		case err == nil:
			<-u.done
			if got := string(u.soFar()); got != want || !strings.HasPrefix(answer, "+CONTINUE") {
				t.Errorf("%q: read %q, want %q", answer, got, want)
			}
			u.stop()
		}
		l.Close()
	}
}
