// Conditional is a worker in Go under Onceover's contract, and it is right: a script commits a
// chunk only if nobody has, so that it may be sent twice.
//
//	go build -o /tmp/conditional ./scenarios/worker/examples/go/conditional
//	onceover explore --worker-cmd /tmp/conditional
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

var commit = redis.NewScript(`
if redis.call("GETBIT", KEYS[2], ARGV[1]) == 1 then return 0 end
redis.call("RPUSH", KEYS[1], unpack(ARGV, 2))
redis.call("SETBIT", KEYS[2], ARGV[1], 1)
return 1`)

func main() {
	ctx := context.Background()
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	check(err)
	target, source := redis.NewClient(options), open()
	list := os.Getenv("ONCEOVER_LIST")
	for chunk := range number("ONCEOVER_CHUNKS") {
		args := append([]any{chunk}, rows(ctx, source, chunk)...)
		check(commit.Run(ctx, target, []string{list, list + ":done"}, args...).Err())
	}
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
