package loader_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"onceover/scenarios/servers/serverstest"
)

// columns of the table that is transferred; what is text, is quoted.
var columns = []struct {
	name string
	text bool
}{{"id", false}, {"customer", false}, {"state", true}, {"amount", true}, {"placed", true}, {"note", true}}

// pipe is what people write who have no loader. It starts anew after any failure. It uses
// the clients of the servers' images, over the published ports; where this process may not
// enter their file systems, a pipe in Go stands for it.
func (x *transfer) pipe() (run func(), described string) {
	in := func(server string) string {
		return fmt.Sprintf("nsenter --mount --target %d ", serverstest.Process(x.b, server))
	}
	for _, client := range []string{in("MySQL") + "which mysql awk", in("Redis") + "which redis-cli"} {
		if err := exec.Command("sh", "-c", client).Run(); err != nil {
			return x.pipeInGo, fmt.Sprintf("IN GO, one connection without any lock: %s: %v", client, err)
		}
	}
	host, port, _ := net.SplitHostPort(x.mysql.Addr)
	redisHost, redisPort, _ := net.SplitHostPort(x.options.Addr)
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	script := fmt.Sprintf(`%smysql --quick -N --ssl-mode=DISABLED --get-server-public-key -h %s -P %s -u %s -e 'SELECT %s FROM t ORDER BY id' %s |
		%sawk -F '\t' '%s' | %sredis-cli -h %s -p %s --pipe`,
		in("MySQL"), host, port, x.mysql.User, strings.Join(names, ", "), x.mysql.DBName, in("MySQL"), awk(), in("Redis"), redisHost, redisPort)
	return func() {
		command := exec.Command("sh", "-c", script)
		command.Env = append(os.Environ(), "MYSQL_PWD="+x.mysql.Passwd, "LC_ALL=C")
		if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "errors: 0, replies: "+fmt.Sprint(transferRows)) {
			x.b.Fatalf("%v\n%s", err, out)
		}
	}, "mysql --quick | awk | redis-cli --pipe"
}

// awk writes each row as one LPUSH of the object that the loader writes.
func awk() string {
	object := ""
	for i, c := range columns {
		quote := ""
		if c.text {
			quote = `\"`
		}
		object += fmt.Sprintf(`"%s\"%s\":%s" $%d "%s" `, map[bool]string{true: "{", false: ","}[i == 0], c.name, quote, i+1, quote)
	}
	return `{ e = ` + object + `"}"; printf "*3\r\n$5\r\nLPUSH\r\n$4\r\nlist\r\n$%d\r\n%s\r\n", length(e), e }`
}

// pipeInGo scans by one connection, and pushes in pipelines of a thousand.
func (x *transfer) pipeInGo() {
	ctx := x.b.Context()
	rows, err := x.db.QueryContext(ctx, "SELECT id, customer, state, amount, placed, note FROM t ORDER BY id")
	if err != nil {
		x.b.Fatal(err)
	}
	defer rows.Close()
	pipeline := x.redis.Pipeline()
	for rows.Next() {
		var row struct {
			ID       int64  `json:"id"`
			Customer int    `json:"customer"`
			State    string `json:"state"`
			Amount   string `json:"amount"`
			Placed   string `json:"placed"`
			Note     string `json:"note"`
		}
		if err := rows.Scan(&row.ID, &row.Customer, &row.State, &row.Amount, &row.Placed, &row.Note); err != nil {
			x.b.Fatal(err)
		}
		element, _ := json.Marshal(row) // it has nothing that does not encode
		pipeline.LPush(ctx, "list", element)
		if pipeline.Len() == 1000 {
			if _, err := pipeline.Exec(ctx); err != nil {
				x.b.Fatal(err)
			}
		}
	}
	if _, err := pipeline.Exec(ctx); err != nil || rows.Err() != nil {
		x.b.Fatal(err, rows.Err())
	}
}
