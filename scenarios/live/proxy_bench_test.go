package live_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/faults/proxy"
	"onceover/faults/wire"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// BenchmarkProxy says what a proxy costs that follows the protocol: in microseconds of a round
// trip, and as a share of the throughput of what loaders do, which is to claim a chunk, to read
// its rows and to push them. Direct and proxied calls take turns, so that both meet the same machine.
func BenchmarkProxy(b *testing.B) {
	options := serverstest.RedisOptions(b)
	direct := servers.OpenRedis(options)
	defer direct.Close()
	through := *options
	through.Addr = behindProxy(b, options.Addr, wire.RESP)
	proxied := servers.OpenRedis(&through)
	defer proxied.Close()
	get := func(client *redis.Client) func() error {
		return func() error { return client.GetBit(b.Context(), "chunks", 7).Err() }
	}
	b.Run("round trip", func(b *testing.B) {
		a, z := inTurns(b, get(direct), get(proxied))
		b.ReportMetric(float64((z-a).Nanoseconds())/1e3, "µs-more")
	})
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
	b.Run("push of 1000 rows", func(b *testing.B) { share(b, push(direct), push(proxied)) })
	cfg := serverstest.MySQLConfig(b)
	read := func(addr string) func() error {
		db, err := servers.OpenMySQL(cfg, addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(1)
		return func() error {
			return readAll(b.Context(), db, "SELECT id, payload FROM items WHERE id > 0 AND id <= 1000")
		}
	}
	fillItems(b, cfg)
	readDirect, readProxied := read(cfg.Addr), read(behindProxy(b, cfg.Addr, wire.MySQL))
	b.Run("result of 1000 rows", func(b *testing.B) { share(b, readDirect, readProxied) })
	b.Run("chunk of 1000 rows", func(b *testing.B) {
		whole := func(claim, read, push func() error) func() error {
			return func() error { return errors.Join(claim(), read(), push()) }
		}
		share(b, whole(get(direct), readDirect, push(direct)), whole(get(proxied), readProxied, push(proxied)))
	})
}

// fillItems makes a table of a thousand rows.
func fillItems(b *testing.B, cfg *mysql.Config) {
	b.Helper()
	db, err := servers.OpenMySQL(cfg, cfg.Addr)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		"CREATE TABLE items (id INT PRIMARY KEY, payload VARCHAR(100))",
		"INSERT INTO items WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i+1 FROM n WHERE i < 1000) SELECT i, REPEAT('p', 100) FROM n",
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
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
