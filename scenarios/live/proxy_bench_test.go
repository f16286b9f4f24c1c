package live_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// BenchmarkProxy says what a proxy costs that follows the protocol: in microseconds of a round
// trip, and as a share of the throughput of what loaders do, which is to read results and to
// push many rows at once. Direct and proxied calls take turns, so that both meet the same machine.
func BenchmarkProxy(b *testing.B) {
	options := serverstest.RedisOptions(b)
	direct := servers.OpenRedis(options)
	defer direct.Close()
	through := *options
	through.Addr = behindProxy(b, options.Addr, wire.RESP)
	proxied := servers.OpenRedis(&through)
	defer proxied.Close()
	b.Run("round trip", func(b *testing.B) {
		get := func(client *redis.Client) func() error {
			return func() error { return client.GetBit(b.Context(), "chunks", 7).Err() }
		}
		a, z := inTurns(b, get(direct), get(proxied))
		b.ReportMetric(float64((z-a).Nanoseconds())/1e3, "µs-more")
	})
	b.Run("push of 1000 rows", func(b *testing.B) {
		rows := make([]any, 1000)
		for i := range rows {
			rows[i] = strings.Repeat("r", 100)
		}
		push := func(client *redis.Client) func() error {
			return func() error {
				_, err := client.TxPipelined(b.Context(), func(p redis.Pipeliner) error {
					p.Del(b.Context(), "rows")
					p.RPush(b.Context(), "rows", rows...)
					return nil
				})
				return err
			}
		}
		share(b, push(direct), push(proxied))
	})
	b.Run("result of 1000 rows", func(b *testing.B) {
		cfg := serverstest.MySQLConfig(b)
		table := "(WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i+1 FROM n WHERE i < 1000) SELECT i AS id, REPEAT('p', 100) AS payload FROM n)"
		read := func(addr string) func() error {
			db, err := servers.OpenMySQL(cfg, addr)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { db.Close() })
			db.SetMaxOpenConns(1)
			return func() error { return readAll(b.Context(), db, "SELECT * FROM "+table+" t") }
		}
		share(b, read(cfg.Addr), read(behindProxy(b, cfg.Addr, wire.MySQL)))
	})
}

func readAll(ctx context.Context, db *sql.DB, query string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var payload sql.RawBytes
		if err := rows.Scan(&id, &payload); err != nil {
			return err
		}
	}
	return rows.Err()
}

// behindProxy is the address of a proxy that follows the protocol, and looks at each request.
func behindProxy(b *testing.B, target string, protocol wire.Protocol) string {
	b.Helper()
	p, err := proxy.Listen(proxy.Config{
		Target:   func(context.Context) (string, error) { return target, nil },
		Protocol: protocol,
		Rule:     func(proxy.Request) proxy.Action { return proxy.Forward },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	return p.Addr()
}

// share reports how much less is done through the proxy in the same time.
func share(b *testing.B, direct, proxied func() error) {
	a, z := inTurns(b, direct, proxied)
	b.ReportMetric(100*(1-float64(a)/float64(z)), "%-less")
}

// inTurns returns what half of the calls take at most, each way.
func inTurns(b *testing.B, direct, proxied func() error) (a, z time.Duration) {
	b.Helper()
	timed := func(call func() error) time.Duration {
		began := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	timed(direct) // connects
	timed(proxied)
	var all [2][]time.Duration
	for b.Loop() {
		all[0], all[1] = append(all[0], timed(direct)), append(all[1], timed(proxied))
	}
	slices.Sort(all[0])
	slices.Sort(all[1])
	a, z = all[0][b.N/2], all[1][b.N/2]
	b.ReportMetric(float64(a.Nanoseconds())/1e3, "µs-direct")
	b.ReportMetric(0, "ns/op")
	return a, z
}
