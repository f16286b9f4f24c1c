package live

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// unreceived is what a primary writes that its replica does not receive: the stream that the
// replica would have got, from where its own has ended.
// https://redis.io/docs/latest/commands/psync/.
type unreceived struct {
	conn net.Conn
	done chan struct{} // closed when the stream has ended

	mu     sync.Mutex
	stream []byte
}

// followUnreceived asks the primary at an address for its stream after an offset.
func followUnreceived(addr, stream string, after int64) (*unreceived, error) {
	conn, err := net.DialTimeout("tcp", addr, signalWait)
	if err != nil {
		return nil, err
	}
	u := &unreceived{conn: conn, done: make(chan struct{})}
	r := bufio.NewReader(conn)
	next := fmt.Sprint(after + 1)
	_ = conn.SetDeadline(time.Now().Add(signalWait))
	_, err = fmt.Fprintf(conn, "*3\r\n$5\r\nPSYNC\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(stream), stream, len(next), next)
	answer := ""
	if err == nil {
		answer, err = r.ReadString('\n')
	}
	if err == nil && !strings.HasPrefix(answer, "+CONTINUE") {
		err = fmt.Errorf("PSYNC was answered with %q", answer)
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("ask Redis for what its replica does not receive: %w", err)
	}
	_ = conn.SetDeadline(time.Time{})
	go u.read(r)
	return u, nil
}

func (u *unreceived) read(r *bufio.Reader) {
	defer close(u.done)
	part := make([]byte, 1<<16)
	for {
		n, err := r.Read(part)
		u.mu.Lock()
		u.stream = append(u.stream, part[:n]...)
		u.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// soFar is what has come by now.
func (u *unreceived) soFar() []byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.stream[:len(u.stream):len(u.stream)]
}

func (u *unreceived) stop() {
	u.conn.Close()
	<-u.done
}
