package lockstep_test

import (
	"net"
	"strings"
	"sync"
	"testing"

	"onceover/faults/wire"
	"onceover/sim/redismodel"
)

// fakeRedis serves the model of Redis to everybody who connects, and returns its address.
func fakeRedis(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{model: redismodel.New(redismodel.Options{})}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { f.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		f.mu.Lock()
		for _, conn := range f.conns {
			conn.Close()
		}
		f.mu.Unlock()
		serving.Wait()
	})
	return listener.Addr().String()
}

type fake struct {
	mu    sync.Mutex
	model *redismodel.Server
	conns []net.Conn
}

func (f *fake) serve(conn net.Conn) {
	defer conn.Close()
	f.mu.Lock()
	f.conns = append(f.conns, conn)
	id := f.model.Connect(conn.RemoteAddr().String())
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.model.Disconnect(id)
	}()
	var in []byte
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		in = append(in, buf[:n]...)
		for len(in) > 0 {
			args, n, err := wire.ParseCommand(in)
			if err != nil {
				return
			}
			if n == 0 {
				break
			}
			in = in[n:]
			if reply := f.do(id, args); reply != nil {
				conn.Write(reply)
			}
		}
	}
}

// do carries out a command. The model need not know those that only the harness asks for.
func (f *fake) do(id redismodel.ConnID, args [][]byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch verb := strings.ToUpper(string(args[0])); {
	case verb == "INFO":
		return []byte("$21\r\nredis_version:8.0.0\r\n\r\n")
	case verb == "SCRIPT" && strings.EqualFold(string(args[1]), "FLUSH"):
		return []byte("+OK\r\n")
	case verb == "BLPOP": // nobody ever pushes what is asked for here
		return nil
	}
	return f.model.Do(id, 0, args, nil)
}
