package proxy_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/faults/wire/wiretest"
)

// ways are the paths from a client to a server that are compared with each other.
func ways(b *testing.B, server *backend, run func(b *testing.B, addr string)) {
	direct, _ := server.target(b.Context())
	b.Run("direct", func(b *testing.B) { run(b, direct) })
	forward := func(proxy.Request) proxy.Action { return proxy.Forward }
	for _, way := range []struct {
		name   string
		config proxy.Config
	}{
		{"copied", proxy.Config{Target: server.target}},
		{"inspected", proxy.Config{Target: server.target, Protocol: wire.RESP, Rule: forward}},
	} {
		b.Run(way.name, func(b *testing.B) {
			p, err := proxy.Listen(way.config)
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			run(b, p.Addr())
		})
	}
}

// answering replies to requests of a fixed size.
func answering(request, reply string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		buf := make([]byte, len(request))
		for {
			if _, err := io.ReadFull(conn, buf); err != nil {
				return
			}
			if _, err := io.WriteString(conn, reply); err != nil {
				return
			}
		}
	}
}

func benchmarkRoundTrips(b *testing.B, request, reply string) {
	ways(b, newBackend(b, answering(request, reply)), func(b *testing.B, addr string) {
		conn, err := net.Dial("tcp4", addr)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		buf := make([]byte, len(reply))
		b.SetBytes(int64(len(request) + len(reply)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := io.WriteString(conn, request); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(conn, buf); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRoundTrip(b *testing.B) {
	benchmarkRoundTrips(b, string(wiretest.AppendCommand(nil, "SETBIT", "chunks", "7", "1")), ":0\r\n")
}

func BenchmarkLargeRequest(b *testing.B) {
	args := []string{"LPUSH", "list"}
	for range 1000 {
		args = append(args, strings.Repeat("r", 100))
	}
	benchmarkRoundTrips(b, string(wiretest.AppendCommand(nil, args...)), ":1000\r\n")
}

func BenchmarkLargeReply(b *testing.B) {
	benchmarkRoundTrips(b, "LARGE\r\n", string(wiretest.AppendBulk(nil, strings.Repeat("x", 1<<20))))
}

func BenchmarkPipeline(b *testing.B) {
	one := string(wiretest.AppendCommand(nil, "SETBIT", "chunks", "7", "1"))
	benchmarkRoundTrips(b, strings.Repeat(one, 100), strings.Repeat(":0\r\n", 100))
}
