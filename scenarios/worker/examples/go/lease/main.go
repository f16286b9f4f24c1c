// Lease is a worker in Go under Onceover's contract. A worker takes a lease for a chunk, looks
// whether the chunk is done, and commits. It has a defect: the commit does not ask whether the
// lease still holds, so a worker that was slow commits what another has loaded meanwhile.
//
//	go build -o /tmp/lease ./scenarios/worker/examples/go/lease
//	onceover explore --worker-cmd /tmp/lease
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// lease is how long a chunk is a worker's own.
const lease = 2 * time.Second

// unlock lets go of a lease only if it is the worker's own.
var unlock = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0`)

func main() {
	ctx := context.Background()
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	check(err)
	target, source := redis.NewClient(options), open()
	for left := true; left; {
		left = false
		for chunk := range number("ONCEOVER_CHUNKS") {
			left = !load(ctx, target, source, chunk) || left
		}
		if left {
			time.Sleep(20 * time.Millisecond) // then others have let go of their chunks, or their leases have run out
		}
	}
}

// load loads a chunk unless another worker is about to.
func load(ctx context.Context, target *redis.Client, source *sql.DB, chunk int) (done bool) {
	list := os.Getenv("ONCEOVER_LIST")
	lock, token := fmt.Sprint(list, ":lock:", chunk), rand.Text()
	mine, err := target.SetNX(ctx, lock, token, lease).Result()
	check(err)
	if !mine {
		return false
	}
	loaded, err := target.GetBit(ctx, list+":done", int64(chunk)).Result()
	check(err)
	if loaded == 0 {
		_, err = target.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.RPush(ctx, list, rows(ctx, source, chunk)...)
			tx.SetBit(ctx, list+":done", int64(chunk), 1)
			return nil
		})
		check(err)
	}
	check(unlock.Run(ctx, target, []string{lock}, token).Err())
	return true
}

func open() *sql.DB {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(os.Getenv("MYSQL_HOST"), os.Getenv("MYSQL_PORT"))
	cfg.User, cfg.Passwd, cfg.DBName = os.Getenv("MYSQL_USER"), os.Getenv("MYSQL_PASSWORD"), os.Getenv("MYSQL_DATABASE")
	db, err := sql.Open("mysql", cfg.FormatDSN())
	check(err)
	return db
}

func rows(ctx context.Context, source *sql.DB, chunk int) (all []any) {
	size := number("ONCEOVER_CHUNK_SIZE")
	found, err := source.QueryContext(ctx, fmt.Sprintf("SELECT id, payload FROM %s WHERE id > %d AND id <= %d", os.Getenv("ONCEOVER_TABLE"), chunk*size, (chunk+1)*size))
	check(err)
	defer found.Close()
	for found.Next() {
		var row struct {
			ID      int64  `json:"id"`
			Payload string `json:"payload"`
		}
		check(found.Scan(&row.ID, &row.Payload))
		element, err := json.Marshal(row)
		check(err)
		all = append(all, element)
	}
	check(found.Err()) // a result that breaks off ends like one that is complete
	return all
}

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	check(err)
	return n
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
