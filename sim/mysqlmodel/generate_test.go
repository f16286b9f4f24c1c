package mysqlmodel

import (
	"encoding/binary"
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// idle are the connections that may send.
func (p *pair) idle() (free []int) {
	for i, l := range p.lines {
		if p.model.State(l.id) == Idle {
			free = append(free, i)
		}
	}
	return free
}

// step lets a connection send something. When all wait, the first deadline would have to come: one is closed instead.
func (p *pair) step(t *rapid.T) {
	if p.over {
		return
	}
	free := p.idle()
	if len(free) == 0 {
		i := rapid.IntRange(0, len(p.lines)-1).Draw(t, "closed")
		p.replace(i)
		return
	}
	conn := rapid.SampledFrom(free).Draw(t, "connection")
	if p.locking {
		p.query(conn, lockingStatement(t))
		return
	}
	if rapid.IntRange(0, 7).Draw(t, "protocol") == 0 {
		p.prepared(t, conn)
		return
	}
	p.query(conn, anyStatement(t))
}

// replace kills a connection and opens another.
func (p *pair) replace(i int) {
	l := p.lines[i]
	p.log = append(p.log, fmt.Sprintf("%d is replaced", i))
	p.real.do(p.t, fmt.Sprintf("KILL %d", l.id))
	p.real.awaitGone(p.t, l.id)
	before, _ := p.records()
	purged := p.model.purged
	p.model.Disconnect(l.id)
	p.purge(before, purged)
	l.close()
	p.lines[i] = nil
	last := len(p.lines)
	p.connect()
	p.lines[i] = p.lines[last]
	p.lines = p.lines[:last]
	p.resume()
}

func pick(t *rapid.T, options ...string) string { return rapid.SampledFrom(options).Draw(t, "") }

func anyStatement(t *rapid.T) string {
	switch rapid.IntRange(0, 15).Draw(t, "kind") {
	case 0, 1:
		return pick(t, "BEGIN", "START TRANSACTION", "START TRANSACTION READ ONLY", "START TRANSACTION READ WRITE",
			"START TRANSACTION WITH CONSISTENT SNAPSHOT", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
			"COMMIT", "COMMIT", "ROLLBACK", "ROLLBACK", "SAVEPOINT a", "SAVEPOINT b", "ROLLBACK TO a", "ROLLBACK TO SAVEPOINT B", "RELEASE SAVEPOINT a",
			"CREATE TABLE IF NOT EXISTS d (chunk INT PRIMARY KEY)")
	case 2:
		return pick(t, "SET autocommit=0", "SET autocommit=1", "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
			"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
			"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SET SESSION autocommit = ON, time_zone = '+00:00'",
			"SET transaction_isolation = 'read-committed'")
	case 3:
		return lockStatement(t)
	case 4:
		return pick(t, "SELECT 1", "SELECT 1, 2 AS two", "SELECT @@autocommit AS a, CONNECTION_ID()", "SELECT CONNECTION_ID()", "SELECT @@autocommit", "SELECT @@transaction_isolation",
			"SHOW COLUMNS FROM d", "SHOW COLUMNS FROM nope", "SELECT nope FROM d", "SELECT * FROM nope")
	case 5, 6:
		return selectStatement(t)
	case 7, 8:
		return "SELECT " + pick(t, "chunk", "*", "done") + " FROM d" +
			pick(t, " WHERE done=0", " WHERE done=1", "", " WHERE chunk="+key(t), " WHERE chunk = "+key(t)+" AND done = 0", " WHERE done = 500") +
			pick(t, "", " ORDER BY chunk") + pick(t, "", " LIMIT 1", " LIMIT 2", " LIMIT 0") +
			pick(t, " FOR UPDATE", " FOR UPDATE", " FOR SHARE") + pick(t, "", " SKIP LOCKED", " SKIP LOCKED", " NOWAIT")
	case 11:
		return "DELETE FROM d WHERE chunk=" + key(t) + pick(t, "", "", " AND done=0", " AND done > 0")
	case 12, 13, 14:
		return changeStatement(t)
	case 9, 10:
		return "UPDATE d SET done=" + pick(t, "0", "1", "NULL", "300", "7", "done", "done + 1", "done-1", "chunk + 1", "done + 100", "done + NULL") + " WHERE chunk=" + key(t) + pick(t, "", "", " AND done=0", " AND done > 0")
	}
	return insertStatement(t)
}

// lockingStatement draws statements that get in each other's way.
func lockingStatement(t *rapid.T) string {
	near := func() string { return pick(t, "0", "1", "2", "3", "4", "5", "6") }
	where := func() string {
		return pick(t, "", " WHERE done=0", " WHERE done=7", " WHERE chunk IN ("+near()+", "+near()+")", " WHERE chunk > "+near(), " WHERE chunk <= "+near(),
			" WHERE chunk >= "+near()+" AND chunk < "+near(), " WHERE chunk >= 2147483647 AND chunk < "+near(), " WHERE chunk <= -2147483648 AND chunk >= "+near())
	}
	switch rapid.IntRange(0, 18).Draw(t, "kind") {
	case 0, 1, 2:
		return pick(t, "BEGIN", "BEGIN", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "ROLLBACK TO a")
	case 3:
		return "SET SESSION TRANSACTION ISOLATION LEVEL " + pick(t, "READ COMMITTED", "REPEATABLE READ")
	case 4, 5:
		return "SELECT * FROM d" + where() + pick(t, "", "", " LIMIT 2") + pick(t, " FOR UPDATE", " FOR UPDATE", " FOR SHARE") + pick(t, "", "", " SKIP LOCKED", " NOWAIT")
	case 6, 7:
		return "SELECT * FROM d WHERE chunk=" + near() + pick(t, " FOR UPDATE", " FOR UPDATE", " FOR SHARE") + pick(t, "", "", " SKIP LOCKED", " NOWAIT")
	case 14, 15:
		return "DELETE FROM d WHERE chunk=" + near() + pick(t, "", "", " AND done=0")
	case 16, 17, 18:
		return changeStatement(t)
	case 8, 9, 10:
		return "UPDATE d SET done=" + pick(t, "0", "7", "8") + " WHERE chunk=" + near() + pick(t, "", "", " AND done=0")
	}
	rows := "INTO d VALUES (" + near() + ", 0)" + pick(t, "", "", ", ("+near()+", 7)")
	switch rapid.IntRange(0, 5).Draw(t, "duplicates") {
	case 0:
		return "INSERT IGNORE " + rows
	case 1:
		return "REPLACE " + rows
	case 2:
		return "INSERT " + rows + " ON DUPLICATE KEY UPDATE done = " + pick(t, "7", "done + 1")
	}
	return "INSERT " + rows + pick(t, "", "", ", (9, 1000)")
}

// severalConditions draws a SELECT with a condition of several parts, or of other expressions than columns.
func severalConditions(t *rapid.T) string {
	n := func() string { return pick(t, "-1", "0", "1", "2", "3", "4", "5", "6") }
	part := func() string {
		return pick(t, "chunk = "+n(), "done = "+n(), "chunk > "+n(), "chunk <= "+n()+" AND done = 0", "done IS NULL", "done < 1")
	}
	columns := pick(t, "*", "chunk AS c, done AS d", "COUNT(done)", "COUNT(chunk) AS n", "1", "done, 1 AS one", "COUNT(*) AS n, MIN(done) AS least")
	where := pick(t, "chunk IN ("+n()+", "+n()+")", "chunk IN ("+n()+")", "done IN (0, 7, "+n()+")", "chunk <> "+n(), "done <> "+n(), "done IS NULL", "done IS NOT NULL",
		"done > "+n()+" AND done < "+n(), "chunk = "+n()+" OR chunk = "+n(), "done = 0 AND chunk IN (1, 2, "+n()+")", "done BETWEEN 0 AND 5 AND done <= "+n(),
		"done IS NULL AND chunk > "+n(), part()+" OR "+part(), "chunk < 3 AND (done = "+n()+" OR done IS NULL)")
	if columns[0] == 'C' {
		return "SELECT " + columns + " FROM d WHERE " + where
	}
	return "SELECT " + columns + " FROM d WHERE " + where + pick(t, "", " ORDER BY chunk", " ORDER BY chunk DESC") + pick(t, "", " LIMIT 2")
}

// changeStatement draws an UPDATE or DELETE of rows in a range, or of all.
func changeStatement(t *rapid.T) string {
	near := func() string { return pick(t, "-1", "0", "1", "2", "3", "4", "5", "6") }
	where := pick(t, "", " WHERE done=0", " WHERE done=7", " WHERE chunk "+pick(t, "<", "<=", ">", ">=")+" "+near(),
		" WHERE chunk BETWEEN "+near()+" AND "+near(), " WHERE chunk >= "+near()+" AND chunk < "+near(), " WHERE chunk >= 2147483647 AND chunk < "+near(),
		" WHERE done=0 AND chunk > "+near()+" AND chunk <= "+near(), " WHERE chunk IN ("+near()+", "+near()+", 5)", " WHERE chunk <> "+near(),
		" WHERE done IS NULL", " WHERE done IN (0, 7) AND chunk <> 5", " WHERE chunk = 1 OR chunk = "+near())
	change := pick(t, "DELETE FROM d", "UPDATE d SET done=7", "UPDATE d SET done=done+1", "UPDATE d SET done = done - 100, done = done + 99")
	order := ""
	if change[0] == 'U' {
		order = pick(t, "", "", " ORDER BY chunk")
	}
	return change + where + order + pick(t, "", "", " LIMIT 1", " LIMIT 2", " LIMIT 0")
}

func key(t *rapid.T) string {
	return pick(t, "0", "1", "2", "3", "5", "6", "-1", "99", "2147483647", "3000000000", "NULL")
}

func lockStatement(t *rapid.T) string {
	name := pick(t, "'a'", "'A'", "'b'", "7", "''", "NULL")
	switch rapid.IntRange(0, 7).Draw(t, "function") {
	case 0, 1, 2:
		return "SELECT GET_LOCK(" + name + ", " + pick(t, "0", "0", "NULL", "0.4", "30", "29.5", "-1") + ")"
	case 3, 4:
		return "SELECT RELEASE_LOCK(" + name + ")"
	case 5:
		return "SELECT IS_FREE_LOCK(" + name + ")"
	case 6:
		return "SELECT IS_USED_LOCK(" + name + ")"
	}
	return "SELECT RELEASE_ALL_LOCKS()"
}

func selectStatement(t *rapid.T) string {
	id := func() string {
		return pick(t, "-7", "0", "1", "2", "3", "10", "11", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "18446744073709551615", "NULL")
	}
	if rapid.IntRange(0, 3).Draw(t, "several") == 0 {
		return severalConditions(t)
	}
	table, column, columns := "t", "id", pick(t, "id", "id, payload", "payload", "*", "COUNT(*)", "COUNT(*), MIN(id), MAX(id)")
	switch rapid.IntRange(0, 2).Draw(t, "table") {
	case 0:
		table, column, columns = "d", "chunk", pick(t, "chunk", "*", "COUNT(*)", "MIN(chunk)", "MAX(done), COUNT(*)", "done, chunk")
	case 1:
		table, column = "w", pick(t, "id", "u")
		columns = pick(t, "*", "id, CAST(f AS DOUBLE), u", "COUNT(*)", "a, b, c, m", "MIN(u), MAX(id)")
	}
	where := pick(t, "", " WHERE "+column+" BETWEEN "+id()+" AND "+id(), " WHERE "+column+" "+pick(t, "=", "<", "<=", ">", ">=")+" "+id(),
		" WHERE "+column+" >= "+id()+" AND "+column+" < "+id())
	if strings.Contains(columns, "(*)") || strings.HasPrefix(columns, "M") {
		return "SELECT " + columns + " FROM " + table + where
	}
	order := pick(t, "", " ORDER BY "+column, " ORDER BY "+column+" DESC")
	if table == "w" && order == "" {
		order = " ORDER BY id"
	}
	return "SELECT " + columns + " FROM " + table + where + order + pick(t, "", " LIMIT 2", " LIMIT 1, 2", " LIMIT 2 OFFSET 1", " LIMIT 0")
}

func insertStatement(t *rapid.T) string {
	row := func() string { return "(" + key(t) + ", " + pick(t, "0", "1", "NULL", "1000") + ")" }
	switch rapid.IntRange(0, 5).Draw(t, "duplicates") {
	case 0:
		return "INSERT IGNORE INTO d VALUES (" + pick(t, "0", "1", "4", "9") + ", " + pick(t, "0", "NULL") + ")" + pick(t, "", ", (5, 1), (7, 7)")
	case 1:
		return "REPLACE INTO d VALUES " + row() + pick(t, "", ", "+row())
	case 2:
		return "INSERT INTO d VALUES " + row() + pick(t, "", ", "+row()) + " ON DUPLICATE KEY UPDATE done = " + pick(t, "7", "done + 1", "300", "done")
	}
	return pick(t, "INSERT INTO d VALUES "+row(), "INSERT INTO d VALUES "+row()+", "+row()+", "+row(),
		"INSERT INTO d (done, chunk) VALUES (1, "+key(t)+")", "INSERT INTO d (chunk) VALUES ("+key(t)+")",
		"INSERT INTO t VALUES ("+key(t)+", 'new')")
}

// prepared prepares a statement, executes it, and closes it unless it waits.
func (p *pair) prepared(t *rapid.T, conn int) {
	sql := pick(t, "SELECT id, payload FROM t WHERE id BETWEEN ? AND ? ORDER BY id", "SELECT COUNT(*), MIN(id), MAX(id) FROM t WHERE id >= ? AND id < ?",
		"SELECT * FROM w WHERE id >= ? ORDER BY id LIMIT ?", "SELECT chunk, done FROM d WHERE chunk = ? FOR UPDATE", "UPDATE d SET done = ? WHERE chunk = ?",
		"INSERT INTO d VALUES (?, ?)", "SELECT GET_LOCK(?, 0)", "SELECT RELEASE_LOCK(?)", "SELECT IS_USED_LOCK(?)", "SELECT 1", "SELECT nope FROM d",
		"SELECT done AS x FROM d WHERE chunk IN (?, ?)", "DELETE FROM d WHERE chunk = ? AND done = ?", "REPLACE INTO d VALUES (?, ?)", "INSERT IGNORE INTO d VALUES (?, 1)",
		"INSERT INTO d VALUES (?, 1) ON DUPLICATE KEY UPDATE done = ?", "UPDATE d SET done = done + ? WHERE chunk > ?",
		"SELECT * FROM d", "SELECT CAST(f AS DOUBLE), f, g FROM w WHERE u > ? ORDER BY id", "SELECT @@version")
	if reply := p.do(conn, append([]byte{comStmtPrepare}, sql...)); p.over || reply[4] != 0 {
		return
	}
	id := p.model.session(p.lines[conn].id).lastStatement
	payload := binary.LittleEndian.AppendUint32([]byte{comStmtExecute}, id)
	payload = append(payload, 0, 1, 0, 0, 0)
	p.do(conn, append(payload, arguments(t, strings.Count(sql, "?"), strings.Contains(sql, "_LOCK"), !strings.Contains(sql, "LIMIT") && !strings.Contains(sql, "IN (?"))...))
	if p.model.State(p.lines[conn].id) == Idle {
		p.do(conn, binary.LittleEndian.AppendUint32([]byte{comStmtClose}, id))
	}
}

// arguments encodes n parameters, as go-sql-driver does.
func arguments(t *rapid.T, n int, text, nullable bool) []byte {
	if n == 0 {
		return nil
	}
	nulls := make([]byte, (n+7)/8)
	var types, values []byte
	for i := range n {
		switch {
		case text:
			types = append(types, typeString, 0)
			name := pick(t, "a", "b", "x")
			values = append(append(values, byte(len(name))), name...)
		case n == 2 && nullable && rapid.IntRange(0, 9).Draw(t, "null") == 0:
			types = append(types, typeNull, 0)
			nulls[i/8] |= 1 << (i % 8)
		default:
			v := rapid.SampledFrom([]int64{0, 1, 2, 3, 5, 6, 10, 11, 127, 128}).Draw(t, "argument")
			types = append(types, typeLongLong, 0)
			values = binary.LittleEndian.AppendUint64(values, uint64(v))
		}
	}
	return append(append(append(nulls, 1), types...), values...)
}
