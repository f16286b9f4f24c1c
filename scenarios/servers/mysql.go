package servers

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"log"

	"github.com/go-sql-driver/mysql"

	"onceover/scenarios/servers/images"
)

const database = "onceover"

// Lean are settings of a MySQL that starts in half the time and takes half the memory: it lacks
// what performance_schema would tell. They are for workers that do not ask, and for an image whose
// own settings are known: they take the place of those.
func Lean() []string { return []string{"--performance-schema=OFF"} }

// StartMySQL starts a MySQL server with an empty database. The image may be
// "". More arguments are settings of mysqld. The configuration that is returned lacks the address.
func (e *Engine) StartMySQL(ctx context.Context, image string, settings ...string) (*Server, *mysql.Config, error) {
	image, err := e.image(ctx, images.MySQL, image)
	if err != nil {
		return nil, nil, err
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.User, cfg.Passwd, cfg.DBName = "tcp", "root", rand.Text(), database
	server, err := e.start(ctx, spec{
		name: "MySQL", image: image, port: "3306",
		cmd:      settings,
		env:      map[string]string{"MYSQL_ROOT_PASSWORD": cfg.Passwd, "MYSQL_DATABASE": database},
		identity: mysqlIdentity(cfg),
	})
	return server, cfg, err
}

// mysqlIdentity logs in, which also fills the server's password cache: after
// that, clients that know no RSA may log in too.
func mysqlIdentity(cfg *mysql.Config) func(context.Context, string) (string, error) {
	return func(ctx context.Context, addr string) (string, error) {
		db, err := OpenMySQL(cfg, addr)
		if err != nil {
			return "", err
		}
		defer db.Close()
		var uuid string
		err = db.QueryRowContext(ctx, "SELECT @@server_uuid").Scan(&uuid)
		return "server_uuid " + uuid, err
	}
}

// OpenMySQL opens a database that is at another address than the configuration says.
func OpenMySQL(cfg *mysql.Config, addr string) (*sql.DB, error) {
	c := cfg.Clone()
	c.Addr = addr
	c.Logger = log.New(io.Discard, "", 0) // a server that starts up drops connections
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// MySQLVersion asks a server for its version.
func MySQLVersion(ctx context.Context, db *sql.DB) (version string, err error) {
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return "", fmt.Errorf("ask MySQL for its version: %w", err)
	}
	return version, nil
}
