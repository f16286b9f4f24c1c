package mysqlmodel

import (
	"maps"
	"strconv"
	"strings"
	"testing"
)

// conversations are what random ones seldom reach. A line is a connection and what it sends: SQL, a command in
// brackets, or that its wait ends at its deadline.
var conversations = map[string]string{
	"UPDATE under READ COMMITTED looks first at what is committed, but not all of the table in order": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		1 SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED
		1 UPDATE d SET done=3 WHERE done=7
		1 UPDATE d SET done=3 WHERE chunk >= 0 AND done=7 ORDER BY chunk
		1 UPDATE d SET done=3 WHERE done=7 ORDER BY chunk LIMIT 9
		1 UPDATE d SET done=3 WHERE done=7 ORDER BY chunk
		0 COMMIT`,
	"a comparison that only the end of a type satisfies is looked up, though nothing can match": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk >= 2147483647 AND chunk < 2
		1 INSERT INTO d VALUES (50, 1)
		0 SELECT * FROM d WHERE chunk = 50
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM d WHERE chunk > 2 AND chunk <= -2147483648
		1 INSERT INTO d VALUES (51, 1)
		0 SELECT * FROM d WHERE chunk = 51
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM w WHERE id <= 0 AND id > 5 ORDER BY id
		1 INSERT INTO d VALUES (52, 1)
		0 SELECT * FROM d WHERE chunk = 52
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM d WHERE chunk >= 2147483646 AND chunk < 2
		0 SELECT * FROM d WHERE chunk >= 2147483647 AND chunk = 2
		0 SELECT * FROM d WHERE chunk BETWEEN 2147483647 AND 2
		1 INSERT INTO d VALUES (53, 1)
		0 SELECT * FROM d WHERE chunk = 53`,
	"a comparison that only the end of a type satisfies locks that end": `
		1 SET innodb_lock_wait_timeout = 2
		0 BEGIN
		0 SELECT * FROM d WHERE chunk >= 2147483647 AND chunk < 2 FOR UPDATE
		1 INSERT INTO d VALUES (50, 1)
		1 expires
		1 INSERT INTO d VALUES (-50, 1)
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM d WHERE chunk > 2 AND chunk <= -2147483648 FOR SHARE
		1 INSERT INTO d VALUES (50, 1)
		1 INSERT INTO d VALUES (-51, 1)
		1 expires
		0 COMMIT
		0 BEGIN
		0 UPDATE d SET done = 7 WHERE chunk >= 2147483647 AND chunk < 2
		0 DELETE FROM d WHERE chunk >= 2147483647 AND chunk < 2
		1 INSERT INTO d VALUES (51, 1)`,
	"the newest locks of a transaction are released first": `
		0 BEGIN
		0 INSERT INTO d VALUES (1, 7)
		1 BEGIN
		1 UPDATE d SET done=8 WHERE chunk=1
		0 UPDATE d SET done=5 WHERE chunk=1
		2 BEGIN
		2 SELECT * FROM d WHERE chunk=1 FOR SHARE
		0 COMMIT
		2 COMMIT
		1 COMMIT`,
	"a comparison with NULL is made row by row where there is no index": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk = NULL
		0 SELECT MIN(chunk) FROM d WHERE chunk < NULL
		1 INSERT INTO d VALUES (50, 1)
		0 SELECT * FROM d WHERE chunk = 50
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM d WHERE done = NULL
		1 INSERT INTO d VALUES (51, 1)
		0 SELECT * FROM d WHERE chunk = 51
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM d WHERE chunk >= 2147483647 AND chunk < NULL
		1 INSERT INTO d VALUES (52, 1)
		0 SELECT * FROM d WHERE chunk = 52`,
	"a comparison with NULL locks the rows that it looks at": `
		0 BEGIN
		0 DELETE FROM d WHERE chunk=1 AND done=NULL
		1 SELECT * FROM d WHERE chunk=1 FOR UPDATE NOWAIT
		0 COMMIT
		0 BEGIN
		0 DELETE FROM d WHERE chunk=NULL
		0 UPDATE d SET done=7 WHERE chunk > 1 AND chunk < NULL
		1 SELECT * FROM d WHERE chunk=1 FOR UPDATE NOWAIT
		0 UPDATE d SET done=7 WHERE done > NULL LIMIT 1
		1 SELECT * FROM d WHERE chunk=5 FOR UPDATE NOWAIT
		0 COMMIT
		0 BEGIN
		0 SELECT * FROM d WHERE done BETWEEN NULL AND 3 FOR SHARE
		1 INSERT INTO d VALUES (53, 1)
		0 COMMIT`,
	"a comparison that only the end of a type satisfies locks its row": `
		0 INSERT INTO d VALUES (2147483647, 1)
		0 BEGIN
		0 SELECT * FROM d WHERE chunk >= 2147483647 AND chunk < 2 FOR UPDATE
		1 INSERT INTO d VALUES (50, 1)
		1 SELECT * FROM d WHERE chunk = 2147483647 FOR UPDATE NOWAIT
		0 COMMIT`,
	"a shared lock of a table that is locked exclusively adds nothing to the weight": `
		0 BEGIN
		0 UPDATE d SET done=8 WHERE chunk=1
		1 BEGIN
		1 DELETE FROM d WHERE chunk=1 AND done=0
		2 BEGIN
		2 INSERT IGNORE INTO d VALUES (2, 0)
		2 SELECT * FROM d WHERE done=0 FOR SHARE
		0 ROLLBACK
		1 REPLACE INTO d VALUES (2, 0)`,
	"a duplicate of a row that is locked": `
		0 BEGIN
		0 DELETE FROM d WHERE chunk=1
		1 BEGIN
		1 INSERT INTO d VALUES (1, 3)
		2 SELECT * FROM d WHERE chunk=1 FOR UPDATE NOWAIT
		2 SELECT * FROM d FOR UPDATE SKIP LOCKED
		0 ROLLBACK
		2 SELECT * FROM d FOR UPDATE SKIP LOCKED
		1 COMMIT`,
	"two inserts of what a third deletes": `
		0 BEGIN
		0 DELETE FROM d WHERE chunk=1
		1 BEGIN
		1 INSERT INTO d VALUES (1, 3)
		0 COMMIT
		2 INSERT IGNORE INTO d VALUES (1, 4)
		1 ROLLBACK`,
	"timeouts are rounded, and NULL is none": `
		0 SELECT GET_LOCK('x', 0.5)
		1 SELECT GET_LOCK('x', 0.49)
		1 SELECT GET_LOCK('x', NULL)
		1 SELECT GET_LOCK('x', 0.5)
		1 expires
		1 SELECT GET_LOCK('x', 12.0)
		0 SELECT RELEASE_LOCK('x')`,
	"names of locks keep their blanks": `
		0 SELECT GET_LOCK('x ', 0)
		1 SELECT IS_FREE_LOCK('x')
		1 SELECT GET_LOCK('X ', 0)
		1 SELECT IS_FREE_LOCK(' x')`,
	"savepoints": `
		0 SAVEPOINT a
		0 ROLLBACK TO a
		0 BEGIN
		0 SAVEPOINT a
		0 UPDATE d SET done=7 WHERE chunk=1
		0 SAVEPOINT b
		0 INSERT INTO d VALUES (9, 0)
		0 ROLLBACK TO b
		1 SELECT * FROM d FOR UPDATE SKIP LOCKED
		0 ROLLBACK TO A
		1 SELECT * FROM d FOR UPDATE NOWAIT
		0 ROLLBACK TO b
		0 COMMIT`,
	"the deadline of a wait for a row": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk=1 FOR UPDATE
		1 SET innodb_lock_wait_timeout = 1
		1 BEGIN
		1 UPDATE d SET done=5 WHERE chunk=0
		1 UPDATE d SET done=5 WHERE chunk=1
		1 expires
		1 SELECT * FROM d FOR UPDATE
		1 expires
		1 INSERT INTO d VALUES (20, 0), (1, 1)
		1 expires
		1 SELECT * FROM d
		1 COMMIT
		0 SELECT * FROM d`,
	"the deadline of a wait for a named lock": `
		0 SELECT GET_LOCK('x', 0)
		1 SELECT GET_LOCK('x', 1)
		1 expires
		1 SELECT GET_LOCK('x', 2147483647)
		0 SELECT RELEASE_LOCK('x')
		0 SELECT IS_USED_LOCK('x')`,
	"named locks are passed on in order": `
		0 SELECT GET_LOCK('x', 0)
		0 SELECT GET_LOCK('x', 0)
		2 SELECT GET_LOCK('x', -1)
		1 SELECT GET_LOCK('x', -1)
		0 SELECT RELEASE_LOCK('x')
		0 SELECT RELEASE_ALL_LOCKS()
		2 SELECT RELEASE_LOCK('x')
		0 SELECT IS_USED_LOCK('x')`,
}

var commands = map[string]string{
	"[ping]": "\x0e", "[initdb]": "\x02" + database, "[nowhere]": "\x02nowhere", "[reset]": "\x1f",
	"[unknown statement]": "\x17\xff\x00\x00\x00\x00\x01\x00\x00\x00",
}

func TestModelAnswersAsMySQLDoesInConversations(t *testing.T) {
	r := openReal(t, database)
	tables := sampleTables(database)
	r.create(t, tables[2])
	all := maps.Clone(conversations)
	maps.Copy(all, lockConversations)
	maps.Copy(all, createConversations)
	for name, text := range all {
		t.Run(name, func(t *testing.T) {
			r.create(t, tables[0])
			r.create(t, tables[1])
			r.do(t, "DROP TABLE IF EXISTS "+database+".n")
			p := newPair(t, r, tables, 3)
			defer p.close()
			p.shown = len(text)
			for line := range strings.Lines(text) {
				if line = strings.TrimSpace(line); line != "" {
					p.say(line)
				}
			}
			if u := p.model.Unsupported(); len(u) > 0 {
				t.Errorf("unsupported: %q", u)
			}
			if p.over {
				t.Error("two went on at once")
			}
		})
	}
}

func (p *pair) say(line string) {
	number, what, _ := strings.Cut(line, " ")
	conn, err := strconv.Atoi(number)
	if err != nil {
		p.t.Fatal(err)
	}
	target, kills := strings.CutPrefix(what, "kills ")
	switch {
	case what == "expires":
		p.expire(conn)
	case kills:
		n, err := strconv.Atoi(target)
		if err != nil {
			p.t.Fatal(err)
		}
		p.query(conn, "KILL QUERY "+strconv.FormatUint(uint64(p.lines[n].id), 10))
	case commands[what] != "":
		p.do(conn, []byte(commands[what]))
	default:
		p.query(conn, what)
	}
}
