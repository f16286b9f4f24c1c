package lockstep

import (
	"strings"
	"testing"

	"onceover/faults/wire"
)

func TestWhatNobodyElseNoticesIsNoChoice(t *testing.T) {
	for command, want := range map[string]bool{
		"HELLO 3": true, "AUTH secret": true, "SELECT 1": true, "PING": true, "CLIENT SETINFO LIB-NAME x": true, "client maint_notifications ON": true, "UNWATCH": true,
		"CLIENT SETNAME chunk_1": false, "CLIENT LIST": false, "client kill id 3": false, "WATCH k": false, "GET k": false, "SCRIPT LOAD x": false, "EVALSHA a 0": false, "FLUSHALL": false,
	} {
		var args [][]byte
		for word := range strings.FieldsSeq(command) {
			args = append(args, []byte(word))
		}
		if got := privateRedis(args); got != want {
			t.Errorf("%s: %v", command, got)
		}
	}
}

func TestStatementsAreReadsOnlyIfTheyAreKnownToBe(t *testing.T) {
	for sql, want := range map[string]deed{
		"SET NAMES utf8mb4": unnoticed, "SET AUTOCOMMIT = 0": unnoticed, "select @@version_comment limit 1": unnoticed, "BEGIN": unnoticed, "START TRANSACTION": unnoticed, "USE shop": unnoticed,
		"SELECT id FROM items": reads, "  (SELECT 1 FROM items)": reads, "WITH a AS (SELECT 1 FROM t) SELECT * FROM a": reads, "SHOW TABLES": reads, "SELECT @@version FROM items": reads,
		"SELECT id FROM items FOR UPDATE": changes, "SELECT * FROM t FOR  SHARE SKIP LOCKED": changes, "SELECT GET_LOCK('a', 1)": changes, "SELECT RELEASE_LOCK('a')": changes,
		"START TRANSACTION WITH CONSISTENT SNAPSHOT": changes, "COMMIT": changes, "UPDATE t SET a = 1": changes, "SET GLOBAL a = 1": changes, "CALL p()": changes, "SELECT @@x, GET_LOCK('a', 1)": changes,
		"WITH a AS (SELECT 1) UPDATE t SET x = 1": changes, "with a as (select 1) delete from t": changes, "WITH a AS (SELECT 1) SELECT updated FROM a": reads,
		"START TRANSACTION; UPDATE t SET a = 1": changes, "SET NAMES utf8; INSERT INTO t VALUES (1)": changes, "BEGIN; SELECT 1 FROM t": changes, "SELECT 1; DELETE FROM t": changes, "SELECT id FROM t; DELETE FROM t": changes,
		"BEGIN ; ": unnoticed, "SELECT id FROM items;": reads,
	} {
		if got := deedOf(wire.Request{Protocol: wire.MySQL, Cmd: wire.ComQuery, SQL: sql}); got != want {
			t.Errorf("%s: %v, want %v", sql, got, want)
		}
	}
}
