package mysqlmodel

// lockConversations are more of them: of locks, waits, deadlocks, and of what snapshots see.
var lockConversations = map[string]string{
	"a circle of named locks": `
		0 SELECT GET_LOCK('a', 0)
		1 SELECT GET_LOCK('b', 0)
		2 SELECT GET_LOCK('c', 0)
		0 SELECT GET_LOCK('b', 50)
		1 SELECT GET_LOCK('c', 50)
		2 SELECT GET_LOCK('a', 50)
		2 SELECT RELEASE_ALL_LOCKS()`,
	"KILL QUERY of a wait for a named lock": `
		0 SELECT GET_LOCK('x', 0)
		1 SELECT GET_LOCK('x', 50)
		0 kills 1
		1 SELECT 1`,
	"KILL QUERY of a wait for a row": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk=1 FOR UPDATE
		1 BEGIN
		1 UPDATE d SET done=7 WHERE chunk=0
		1 UPDATE d SET done=7 WHERE chunk=1
		0 kills 1
		1 SELECT * FROM d
		1 SELECT * FROM d FOR UPDATE
		0 kills 1
		1 ROLLBACK`,
	"the lighter transaction is the victim": `
		0 BEGIN
		1 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=7 WHERE chunk=0
		1 UPDATE d SET done=7 WHERE chunk=2
		1 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=7 WHERE chunk=2
		0 COMMIT
		1 SELECT * FROM d`,
	"of equals the last to wait is the victim": `
		0 BEGIN
		1 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		1 UPDATE d SET done=7 WHERE chunk=2
		0 UPDATE d SET done=7 WHERE chunk=2
		1 UPDATE d SET done=7 WHERE chunk=1
		1 SELECT * FROM d
		0 COMMIT`,
	"two inserts of what a third takes back": `
		0 BEGIN
		0 INSERT INTO d VALUES (9, 0)
		1 BEGIN
		1 INSERT INTO d VALUES (9, 1)
		0 ROLLBACK
		0 INSERT INTO d VALUES (8, 1)
		1 COMMIT`,
	"an insert of a row that a deadlock takes away": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=7 WHERE chunk=2
		0 UPDATE d SET done=7 WHERE chunk=5
		1 BEGIN
		1 INSERT INTO d VALUES (4, 0)
		1 UPDATE d SET done=8 WHERE chunk=1
		0 INSERT INTO d VALUES (4, 0)
		0 COMMIT
		1 SELECT * FROM d`,
	"a locking read of a row that a deadlock takes away": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=7 WHERE chunk=2
		0 UPDATE d SET done=7 WHERE chunk=5
		1 BEGIN
		1 INSERT INTO d VALUES (4, 0)
		1 UPDATE d SET done=8 WHERE chunk=1
		0 SELECT * FROM d WHERE chunk=4 FOR UPDATE
		2 INSERT INTO d VALUES (3, 0)
		0 COMMIT`,
	"an update of a row that a deadlock takes away": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=7 WHERE chunk=2
		0 UPDATE d SET done=7 WHERE chunk=5
		1 BEGIN
		1 INSERT INTO d VALUES (4, 0)
		1 UPDATE d SET done=8 WHERE chunk=1
		0 UPDATE d SET done=8 WHERE chunk=4
		0 COMMIT
		1 SELECT * FROM d`,
	"a scan over a row that a deadlock takes away": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=7 WHERE chunk=2
		0 UPDATE d SET done=7 WHERE chunk=5
		1 BEGIN
		1 INSERT INTO d VALUES (4, 0)
		1 UPDATE d SET done=8 WHERE chunk=1
		0 SELECT * FROM d FOR UPDATE
		0 COMMIT`,
	"SKIP LOCKED of one row locks the gap behind it": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=2
		1 BEGIN
		1 SELECT * FROM d WHERE chunk=2 FOR UPDATE SKIP LOCKED
		2 INSERT INTO d VALUES (4, 0)
		1 COMMIT`,
	"a row that is locked already adds a lock on its gap to the weight": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk=1 FOR UPDATE
		0 SELECT * FROM d LIMIT 2 FOR UPDATE
		1 BEGIN
		1 UPDATE d SET done=7 WHERE chunk=5
		1 INSERT INTO d VALUES (4, 0)
		0 UPDATE d SET done=7 WHERE chunk=5
		1 UPDATE d SET done=7 WHERE chunk=1`,
	"of a circle of three the victim is the last before the one that closed it": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk=0 FOR UPDATE
		1 BEGIN
		1 UPDATE d SET done=7 WHERE chunk=1
		2 BEGIN
		2 SELECT * FROM d WHERE chunk=2 FOR UPDATE
		2 SELECT * FROM d WHERE chunk=1 FOR UPDATE
		0 SELECT * FROM d WHERE chunk=2 FOR UPDATE
		1 SELECT * FROM d WHERE chunk=0 FOR UPDATE`,
	"an inserted row adds to the weight of a transaction that waits": `
		2 SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED
		2 BEGIN
		2 SELECT * FROM d WHERE chunk=0 FOR UPDATE
		2 UPDATE d SET done=7 WHERE chunk=1
		0 BEGIN
		0 INSERT INTO d VALUES (6, 0)
		0 UPDATE d SET done=8 WHERE chunk=0
		2 SELECT * FROM d WHERE done=0 FOR UPDATE`,
	"an insert does not pass a lock that waits": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=5
		1 BEGIN
		1 SELECT * FROM d WHERE done=0 FOR UPDATE
		0 INSERT INTO d VALUES (4, 0)
		0 COMMIT
		1 SELECT * FROM d`,
	"READ COMMITTED keeps the lock of a row that it takes back": `
		0 SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED
		0 BEGIN
		0 INSERT INTO d VALUES (9, 0), (9, 0)
		1 INSERT INTO d VALUES (8, 0)
		0 COMMIT`,
	"SHOW COLUMNS takes a snapshot": `
		0 BEGIN
		0 SHOW COLUMNS FROM d
		1 BEGIN
		1 SHOW COLUMNS FROM nope
		2 UPDATE d SET done=7 WHERE chunk=1
		0 SELECT * FROM d
		1 SELECT * FROM d`,
	"the level of a transaction outlasts its deadlock": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 UPDATE d SET done=8 WHERE chunk=1
		1 START TRANSACTION WITH CONSISTENT SNAPSHOT
		1 SET transaction_isolation = 'read-committed'
		1 SELECT * FROM d WHERE chunk=2 FOR UPDATE
		0 UPDATE d SET done=7 WHERE chunk=2
		1 SELECT * FROM d WHERE chunk=1 FOR UPDATE
		1 START TRANSACTION WITH CONSISTENT SNAPSHOT
		1 COMMIT
		1 START TRANSACTION WITH CONSISTENT SNAPSHOT`,
	"gaps keep inserts out": `
		0 BEGIN
		0 SELECT * FROM d WHERE chunk=3 FOR UPDATE
		1 INSERT INTO d VALUES (4, 1)
		2 INSERT INTO d VALUES (6, 1)
		0 INSERT INTO d VALUES (3, 0)
		0 COMMIT`,
	"a scan goes on after a wait": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=2
		1 BEGIN
		1 SELECT * FROM d FOR UPDATE
		0 COMMIT
		2 SELECT * FROM d WHERE chunk=5 FOR UPDATE NOWAIT
		2 SELECT * FROM d FOR UPDATE SKIP LOCKED`,
	"NOWAIT fails in the middle of a scan": `
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=2
		1 SELECT * FROM d FOR UPDATE NOWAIT
		1 SELECT * FROM d WHERE chunk=2 FOR UPDATE NOWAIT`,
	"snapshots": `
		0 START TRANSACTION WITH CONSISTENT SNAPSHOT
		1 BEGIN
		1 UPDATE d SET done=7 WHERE chunk=1
		0 SELECT * FROM d
		1 COMMIT
		0 SELECT * FROM d
		0 UPDATE d SET done=7 WHERE chunk=1
		0 SELECT * FROM d
		0 UPDATE d SET done=8 WHERE chunk=1
		0 SELECT * FROM d
		2 SELECT * FROM d
		0 ROLLBACK
		0 SELECT * FROM d`,
	"commands": `
		0 [ping]
		0 BEGIN
		0 UPDATE d SET done=7 WHERE chunk=1
		0 SELECT GET_LOCK('x', 0)
		0 [ping]
		0 [initdb]
		0 [nowhere]
		1 UPDATE d SET done=8 WHERE chunk=1
		0 [reset]
		0 SELECT IS_FREE_LOCK('x')
		0 SELECT @@autocommit
		0 SELECT payload FROM t WHERE id=1
		0 [unknown statement]`,
	"READ ONLY outlasts BEGIN": `
		0 START TRANSACTION READ ONLY
		0 INSERT INTO d VALUES (20, 1)
		0 BEGIN
		0 UPDATE d SET done=1 WHERE chunk=1
		0 SELECT * FROM nope FOR UPDATE
		0 START TRANSACTION READ WRITE
		0 UPDATE d SET done=1 WHERE chunk=1
		0 COMMIT`,
}
