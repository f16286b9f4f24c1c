package live

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"onceover/loader/lock"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/servers"
)

// insertRows is how many rows one INSERT carries.
const insertRows = 1000

// createTable makes the table of the contract and fills it.
func createTable(ctx context.Context, db *sql.DB, name string, load scenarios.Workload) error {
	for _, statement := range []string{
		"DROP TABLE IF EXISTS " + name,
		"CREATE TABLE " + name + " (id BIGINT PRIMARY KEY, payload VARCHAR(255) NOT NULL) COMMENT " + quoted(servers.OwnerOf(os.Getpid()).String()),
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("create table %s: %w", name, err)
		}
	}
	for some := range slices.Chunk(slices.Collect(load.KeyLayout.IDs(load.Rows)), insertRows) {
		values := make([]string, len(some))
		for i, id := range some {
			values[i] = fmt.Sprintf("(%d,'%s')", id, scenarios.Payload(id))
		}
		if _, err := db.ExecContext(ctx, "INSERT INTO "+name+" VALUES "+strings.Join(values, ",")); err != nil {
			return fmt.Errorf("fill table %s: %w", name, err)
		}
	}
	return nil
}

// quoted is a text as a literal of SQL.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}

// tableRows are the rows of a table as it was made, since a program that is not
// Onceover's own may have changed it. They are encoded here and not by the loader.
func tableRows(load scenarios.Workload) iter.Seq2[check.Row, error] {
	return func(yield func(check.Row, error) bool) {
		for id := range load.KeyLayout.IDs(load.Rows) {
			element, err := json.Marshal(struct {
				ID      int64  `json:"id"`
				Payload string `json:"payload"`
			}{id, scenarios.Payload(id)})
			if !yield(check.Row{ID: id, Element: element}, err) {
				return
			}
		}
	}
}

// checksum sums up what a table holds.
func checksum(ctx context.Context, db *sql.DB, name string) (string, error) {
	var table string
	var sum sql.NullString // NULL of a table that is not there
	if err := db.QueryRowContext(ctx, "CHECKSUM TABLE "+name).Scan(&table, &sum); err != nil {
		return "", fmt.Errorf("checksum of table %s: %w", name, err)
	}
	return sum.String, nil
}

// dropWait is how long the user waits for the tables to be dropped. The next start drops
// what stays.
const dropWait = 10 * time.Second

// dropTables drops the tables of a server of the user's.
func (w *World) dropTables(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dropWait)
	defer cancel()
	defer w.sayWait("MySQL", dropWait, "drop the tables of this campaign")()
	if err := dropChunks(ctx, w.db, w.name); err != nil {
		return err
	}
	for _, table := range w.tables {
		if _, err := w.db.ExecContext(ctx, "DROP TABLE IF EXISTS "+table.name); err != nil {
			return fmt.Errorf("drop table %s: %w", table.name, err)
		}
	}
	return nil
}

// dropChunks drops the tables of chunks that strategies have made for the lists of a world.
func dropChunks(ctx context.Context, db *sql.DB, world string) error {
	comment := lock.ChunksComment(world + ":") // and the number of the run
	rows, err := db.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE ? AND LEFT(table_comment, ?) = ?",
		strings.ReplaceAll(lock.ChunksTable(""), "_", `\_`)+"%", len(comment), comment)
	if err != nil {
		return fmt.Errorf("look for tables of chunks: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return fmt.Errorf("look for tables of chunks: %w", err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("look for tables of chunks: %w", err)
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS `"+name+"`"); err != nil {
			return fmt.Errorf("drop table %s: %w", name, err)
		}
	}
	return nil
}
