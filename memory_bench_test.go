package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

var memoryRows = flag.Int("memory-rows", 0, "rows that BenchmarkMemory loads; 0 leaves it out")

// BenchmarkMemory loads a table with the defaults, by a process of its own, and reports
// the most memory that the process held.
func BenchmarkMemory(b *testing.B) {
	if *memoryRows == 0 {
		b.Skip("it takes minutes: make bench-memory")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("there is no /proc here to read memory from")
	}
	options, cfg := serverstest.RedisOptions(b), serverstest.MySQLConfig(b)
	largeTable(b, cfg, *memoryRows)
	onceover := filepath.Join(b.TempDir(), "onceover")
	if out, err := exec.Command("go", "build", "-o", onceover, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var peak int
	for i := 0; b.Loop(); i++ {
		load := exec.Command(onceover, "load", "--table", "t", "--list", fmt.Sprint("list", i))
		load.Env = append(os.Environ(), "REDIS_URL=redis://"+options.Addr, "MYSQL_DSN="+cfg.FormatDSN())
		var said bytes.Buffer
		load.Stdout, load.Stderr = &said, &said
		peak = max(peak, peakOf(b, load))
		b.Logf("%s", bytes.TrimSpace(said.Bytes()))
	}
	b.ReportMetric(float64(peak)/1024, "peak-MiB")
}

// peakOf runs a command, and returns its peak in KiB. The kernel's own account of a child
// begins with what its parent held when it started, so the peak is read while it runs.
func peakOf(b *testing.B, command *exec.Cmd) (peak int) {
	b.Helper()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil || peak == 0 {
				b.Fatalf("peak %d KiB: %v\n%s", peak, err, command.Stdout)
			}
			return peak
		case <-time.After(10 * time.Millisecond):
			peak = max(peak, highWater(command.Process.Pid))
		}
	}
}

// highWater is the field VmHWM, 0 of a process that has ended.
func highWater(id int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", id))
	_, after, _ := bytes.Cut(text, []byte("VmHWM:"))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.Atoi(string(fields[0]))
	return kib
}

// largeTable makes rows of about 100 bytes, by a statement for each of its parts: one for
// all would be a transaction of some gigabytes.
func largeTable(b *testing.B, cfg *mysql.Config, rows int) {
	b.Helper()
	db, err := servers.OpenMySQL(cfg, cfg.Addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	const part = 500_000
	statements := []string{"CREATE TABLE t (id BIGINT PRIMARY KEY, customer INT NOT NULL, amount DECIMAL(10,2) NOT NULL, placed DATETIME NOT NULL, note VARCHAR(80) NOT NULL)"}
	for from := 0; from < rows; from += part {
		statements = append(statements, fmt.Sprintf(`INSERT /*+ SET_VAR(cte_max_recursion_depth = 10000000) */ INTO t
			WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT i, i * 7919 %% 100000, i %% 99991 / 100, '2024-01-01' + INTERVAL i SECOND,
				CONCAT('order ', i, ', left with a neighbour on the second floor') FROM n`, from+1, min(from+part, rows)))
	}
	for _, s := range statements {
		if _, err := db.ExecContext(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}
