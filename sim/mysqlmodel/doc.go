// Package mysqlmodel is an in-memory model of a MySQL 9.7 server for deterministic simulation: a pure state machine without
// goroutines, clock or I/O. It speaks the client/server protocol: a packet goes in, the packets of the reply come out.
// Time is an argument, the same calls give the same bytes, and a Server can be copied, hashed and crashed between any
// two packets.
//
// It answers what it knows byte for byte as the real server does: columns, rows in the text and in the binary protocol,
// status flags, errors, and which statement waits for which. Tests compare every byte with a real server
// (ONCEOVER_TEST_MYSQL=DSN) on random conversations over three connections. It answers everything else with error
// 1064 and the text
//
//	simulated MySQL: unsupported statement: X
//
// and lists in Unsupported; a run with such an entry proves nothing.
//
// # Waiting
//
// A request that has to wait for a lock gets no answer from [Server.Do]: its connection is [Waiting] then. What another
// connection does can make it [Ready]; [Server.Resume] answers it, or makes it wait for the next lock. When
// [Server.Deadline] comes, Resume answers that the lock was not granted. A released lock goes at once to the next request in
// the queue. The caller chooses the order in which it resumes Ready connections.
//
// A statement that had to wait begins again at the row for which it waited, and looks at everything afresh: what it waited
// for may be gone. Like InnoDB since 8.0.18 the model notes for every request one transaction that it waits for, the owner
// of the newest lock in its way. A deadlock is a cycle of these, so one may be noticed only when another transaction ends.
//
// # Statements
//
// Keywords and names of columns in any case, names with or without backquotes, integers, strings and NULL as literals:
//
//	SELECT * FROM t
//	SELECT chunk, done FROM d WHERE done = 0 AND chunk = 1 LIMIT 1
//	SELECT id, CAST(f AS DOUBLE) FROM w WHERE id BETWEEN 1 AND 5 ORDER BY id
//	SELECT id FROM app.t WHERE id >= -1 AND id < 5 ORDER BY id DESC LIMIT 2 OFFSET 1
//	SELECT COUNT(*), MIN(id), MAX(id) FROM t WHERE id > 1
//	SELECT COUNT(done) AS n FROM d WHERE done IS NOT NULL
//	SELECT chunk AS c, 1 FROM d WHERE chunk IN (1, 2) AND done <> 7
//	SELECT chunk FROM d WHERE chunk > 1 AND (done = 0 OR done IS NULL)
//	SELECT chunk FROM d WHERE done = 0 ORDER BY chunk LIMIT 1 FOR UPDATE SKIP LOCKED
//	SELECT chunk FROM d WHERE chunk = 1 FOR UPDATE NOWAIT
//	SELECT chunk FROM d WHERE chunk > 1 FOR UPDATE
//	SELECT chunk FROM d WHERE chunk = 1 FOR SHARE
//	SHOW COLUMNS FROM t
//	SHOW FULL COLUMNS FROM t
//	CREATE TABLE IF NOT EXISTS n (chunk BIGINT PRIMARY KEY, done TINYINT NOT NULL, note VARCHAR(20)) COMMENT 'text'
//	INSERT INTO d VALUES (7, 0), (8, NULL)
//	INSERT INTO d (chunk) VALUES (9)
//	INSERT IGNORE INTO d VALUES (1, 1), (9, 0)
//	INSERT INTO d VALUES (1, 1) ON DUPLICATE KEY UPDATE done = done + 1
//	REPLACE INTO d VALUES (1, 1)
//	UPDATE d SET done = 1 WHERE chunk = 1 AND done = 0
//	UPDATE d SET done = done + 1 WHERE chunk >= 1 AND chunk < 5
//	UPDATE d SET done = 1 WHERE done = 0 ORDER BY chunk LIMIT 1
//	DELETE FROM d WHERE chunk = 1 AND done = 0
//	DELETE FROM d
//	START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY
//	COMMIT
//	BEGIN
//	ROLLBACK
//	SAVEPOINT a
//	ROLLBACK TO SAVEPOINT a
//	RELEASE SAVEPOINT a
//	SELECT GET_LOCK('name', 0)
//	SELECT GET_LOCK('other', 0.5)
//	SELECT RELEASE_LOCK('name')
//	SELECT IS_FREE_LOCK('name')
//	SELECT IS_USED_LOCK('name')
//	SELECT RELEASE_ALL_LOCKS()
//	SELECT CONNECTION_ID()
//	SELECT DATABASE()
//	SELECT @@version
//	SELECT 1, 2 AS two
//	SET autocommit = 0, innodb_lock_wait_timeout = 5
//	SET sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
//	SET time_zone = '+00:00', sql_select_limit = 18446744073709551615, sql_big_selects = 1
//	SET transaction_isolation = 'READ-COMMITTED'
//	SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ
//	SET NAMES utf8mb4
//	USE app
//	KILL QUERY 4294967295
//
// The variables are @@autocommit, @@innodb_lock_wait_timeout, @@max_allowed_packet, @@server_uuid, @@sql_select_limit,
// @@time_zone, @@transaction_isolation and @@version. The commands are COM_QUERY, COM_PING, COM_QUIT, COM_INIT_DB,
// COM_RESET_CONNECTION, and COM_STMT_PREPARE, EXECUTE, RESET and CLOSE for SELECT, INSERT and UPDATE.
//
// InnoDB's part: REPEATABLE READ and READ COMMITTED, snapshots, locks on records, gaps and both, inserts that wait for
// gaps, duplicate keys that leave shared locks, UPDATE under READ COMMITTED that reads first what is committed, deleted
// rows that others find until they are purged, deadlocks and the choice of their victim.
//
// A real server purges in the background, soon after no snapshot needs a deleted row. The model purges at the end of the
// first call of Do, Resume or Disconnect after which nobody is Ready whose wait for a row is over.
//
// # Missing
//
// Statements, each of which is unsupported:
//
//	INSERT IGNORE INTO d VALUES (50, 1000)
//	INSERT INTO d VALUES (1, 1) ON DUPLICATE KEY UPDATE done = VALUES(done)
//	INSERT INTO d VALUES (1, 1) ON DUPLICATE KEY UPDATE chunk = 9
//	UPDATE IGNORE d SET done = 1
//	INSERT INTO d SELECT * FROM d
//	INSERT INTO d VALUES (50, 1 + 1)
//	INSERT INTO t VALUES (50, 1.5)
//	INSERT INTO d VALUES ('50', 0)
//	INSERT INTO w (id, a, g, u) VALUES (50, 1, 1, 50)
//	UPDATE d SET chunk = 9 WHERE chunk = 1
//	UPDATE d SET done = 1 + done WHERE chunk = 1
//	UPDATE d SET done = done * 2 WHERE chunk = 1
//	UPDATE d SET done = DEFAULT WHERE chunk = 1
//	UPDATE d SET done = 1 ORDER BY chunk DESC
//	UPDATE d SET done = 1 ORDER BY done
//	UPDATE d SET done = 1 WHERE chunk > 1 AND chunk > 2
//	UPDATE t SET id = id + 1
//	UPDATE t SET payload = payload + 1
//	UPDATE w SET a = 1
//	DELETE FROM w WHERE id = 1
//	DELETE d FROM d
//	DELETE FROM d ORDER BY chunk
//	TRUNCATE TABLE d
//	SELECT d.chunk FROM d
//	SELECT chunk + 1 FROM d
//	SELECT chunk c FROM d
//	SELECT chunk AS c FROM d ORDER BY c
//	SELECT chunk FROM d WHERE chunk IS NULL
//	SELECT chunk FROM d WHERE chunk NOT IN (1, 2)
//	SELECT chunk FROM d WHERE chunk IN (1, 2) AND chunk > 1
//	SELECT chunk FROM d WHERE chunk < 3 OR chunk > 1
//	SELECT chunk FROM d WHERE done = 0 AND done <> 5
//	SELECT chunk FROM d WHERE done IN (1, NULL)
//	SELECT chunk FROM d WHERE done <> 500
//	SELECT GET_LOCK('name', 0), 1
//	SELECT chunk FROM d JOIN t
//	SELECT chunk FROM d ORDER BY done
//	SELECT chunk FROM d GROUP BY chunk
//	SELECT DISTINCT chunk FROM d
//	SELECT chunk FROM d ORDER BY chunk DESC FOR UPDATE
//	SELECT MAX(payload) FROM t
//	SELECT id FROM t WHERE payload = 'a'
//	SELECT id FROM w
//	SELECT u FROM w WHERE id = 1 FOR UPDATE
//	SELECT NOW()
//	SELECT SLEEP(1)
//	SELECT GET_LOCK('é', 0)
//	SELECT GET_LOCK('name', -0.5)
//	SELECT GET_LOCK('name', '1')
//	SELECT @@sql_mode
//	SHOW TABLES
//	START TRANSACTION READ ONLY, READ WRITE
//	COMMIT AND CHAIN
//	SET TRANSACTION READ ONLY
//	SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE
//	SET GLOBAL autocommit = 0
//	SET NAMES latin1
//	SET time_zone = '+01:00'
//	SET sql_mode = ''
//	CREATE TABLE x (id INT PRIMARY KEY)
//	LOCK TABLES d READ
//	SELECT 1 -- comment
//	SELECT 1 /* comment */
//	SELECT 1; SELECT 2
//
// Besides:
//   - Column types are the integers but YEAR and BIT, FLOAT, DOUBLE, CHAR, VARCHAR, VARBINARY, TEXT and BLOB; a table has one
//     integer as its primary key. No AUTO_INCREMENT, invisible or generated columns. Tables with another unique index are for reading only.
//   - Text is utf8mb4. Clients must be able to do without the old EOF packets; TLS, compression, several statements in
//     a packet, cursors, long data and packets of 16 MiB and more are missing. Any user gets in with any password.
//   - A real server gives numbers to prepared statements with gaps; SHOW COLUMNS, SET, KILL and transactions cannot be prepared.
//   - With more than one unique index the flag for a missing index in the status of a result is a guess.
//   - Locks are passed on in order; a real server may prefer a transaction that blocks many others. Tables that need more than one
//     page may choose another victim of a deadlock.
//   - A table that is younger than the snapshot of a transaction is unsupported in it.
//   - A real server that waits for a row does not notice that its client is gone.
//   - wait_timeout, limits on connections and DDL but CREATE TABLE IF NOT EXISTS do not exist.
//   - Several Params in a mysql.Config are set in the order of a Go map, by go-sql-driver: one is deterministic.
//
// # Example
//
//	s := mysqlmodel.New()
//	err := s.CreateTable(mysqlmodel.Table{Database: "app", Name: "t",
//		Columns: []mysqlmodel.Column{{Name: "id", SQLType: "bigint", Key: "PRI"}},
//		Rows:    [][]any{{1}, {2}}})
//	greeting := s.Connect(1, nil)
//	reply, state := s.Do(1, now, 1, handshakeResponse, nil)
package mysqlmodel
