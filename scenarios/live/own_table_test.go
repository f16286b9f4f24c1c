package live_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

const shop = `CREATE TABLE orders (order_id INT UNSIGNED NOT NULL, item VARCHAR(20), UNIQUE (order_id));
CREATE TABLE claims (order_id INT UNSIGNED PRIMARY KEY);
-- seven; and more
INSERT INTO orders VALUES (3,'a;b'),(5,'b'),(8,'c');
INSERT INTO orders SELECT order_id + 10, item FROM orders; INSERT INTO orders VALUES (900000,'z');`

// claims takes each order by a row in another table of the file, which each run finds as it was made.
const claims = `import os, json, pymysql, redis
e = os.environ
db = pymysql.connect(host=e["MYSQL_HOST"], port=int(e["MYSQL_PORT"]), user=e["MYSQL_USER"], password=e["MYSQL_PASSWORD"], database=e["MYSQL_DATABASE"], autocommit=True)
out, cursor = redis.Redis.from_url(e["REDIS_URL"]), db.cursor()
cursor.execute("SELECT order_id FROM " + e["ONCEOVER_TABLE"])
for order, in cursor.fetchall():
    if cursor.execute("INSERT IGNORE INTO claims VALUES (%s)", (order,)):
        out.rpush(e["ONCEOVER_LIST"], json.dumps({"order": {"id": order}}))
cursor.execute("DELETE FROM " + e["ONCEOVER_TABLE"])`

func TestATableOfTheUsersOwnIsMoved(t *testing.T) {
	t.Parallel()
	where, err := check.ParseElement("json:.order.id")
	if err != nil {
		t.Fatal(err)
	}
	w := openWorld(t, live.Options{
		Worker: []string{serverstest.Python(t), "-c", claims}, Element: where, Own: &live.OwnTable{Name: "orders", ID: "order_id", SQL: shop},
	}, faults.Nothing)
	for range 2 {
		e := execution(t, scenarios.External, "calm", "")
		e.Workload.Workers = 1
		run := carryOut(t, w, e)
		if run.Verdict != reports.Safe || run.Rows.Table != 7 || run.Rows.List != 7 || run.Rows.Unchecked != 7 {
			t.Errorf("%s: %s, %+v", run.Verdict, run.Why, run.Rows)
		}
	}
	e, err := w.Examine(t.Context(), scenarios.Workload{KeyLayout: scenarios.Dense, TTL: time.Second, Deadline: 20 * time.Second}, t.TempDir())
	if why, _ := e.Unfit(); err != nil || why != "" {
		t.Errorf("%v, %s", err, why)
	}
}

func TestATableThatCannotBeMovedIsNamed(t *testing.T) {
	t.Parallel()
	own := &live.OwnTable{}
	w := openWorld(t, live.Options{Worker: []string{"true"}, Own: own}, faults.Nothing)
	for want, table := range map[string]live.OwnTable{
		"cannot be made: Error 1064":                     {Name: "t", ID: "id", SQL: "CREATE TABLE t (id INT PRIMARY KEY); INSRT INTO t VALUES (1)"},
		"cannot be read: Error 1146":                     {Name: "u", ID: "id", SQL: "CREATE TABLE t (id INT PRIMARY KEY)"},
		"cannot be read: Error 1054":                     {Name: "t", ID: "no", SQL: "CREATE TABLE t (id INT PRIMARY KEY)"},
		"the statements leave t empty":                   {Name: "t", ID: "id", SQL: "CREATE TABLE t (id INT PRIMARY KEY)"},
		"two rows have the id 1":                         {Name: "t", ID: "id", SQL: "CREATE TABLE t (id INT); INSERT INTO t VALUES (1),(1)"},
		"id of each row has to be an integer of 64 bits": {Name: "t", ID: "id", SQL: "CREATE TABLE t (id VARCHAR(9)); INSERT INTO t VALUES ('a')"},
	} {
		*own = table
		_, err := w.Run(t.Context(), execution(t, scenarios.External, "calm", ""))
		if !errors.Is(err, live.ErrTable) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
