package compare_test

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// measured gives each run of a cell costs, so that the i-th is base plus i percent.
func measured(c reports.Cell, base float64) reports.Cell {
	for i := range c.Runs {
		if c.Runs[i].Verdict != reports.Safe {
			continue
		}
		share := base * (1 + float64(i)/100)
		read, sent := int64(500), int64(500+int(share/100))
		commands, cpu := int64(10*share), share/10
		c.Runs[i].RowsPerSec = 1000 * 1000 / share
		c.Runs[i].RecoveryMS = []float64{share, share / 2}
		c.Runs[i].Cost = &reports.Cost{Chunks: 10, RowsRead: &read, RowsSent: &sent, RedisCommands: &commands, RedisCPUMS: &cpu}
	}
	return c
}

func named(c reports.Cell, id string) reports.Cell {
	c.ID = id
	c.Strategy, c.Scenario, _ = strings.Cut(id, "/")
	return c
}

// sides have a cell of every change, and costs of every outcome.
func sides() (old, now *reports.Results) {
	old = resultsOf(
		named(measured(safe(60), 100), "lease-lua/calm"),
		named(measured(safe(20), 100), "lease-lua/kill"),
		named(safe(60), "set-nx/pause"),
		named(cellOf("unsafe", 60, 60, reports.Duplicated), "none/calm"),
		named(cellOf("any", 60, 7, reports.Duplicated), "set-nx/kill"),
		named(cellOf("any", 60, 30, reports.Stuck), "bitmap/kill"),
		named(measured(safe(3), 100), "lease-lua/few"),
		named(safe(60), "lease-lua/gone"),
	)
	now = resultsOf(
		named(measured(safe(60), 150), "lease-lua/calm"),
		named(measured(safe(20), 101), "lease-lua/kill"),
		named(cellOf("safe", 60, 1, reports.Duplicated), "set-nx/pause"),
		named(cellOf("unsafe", 60, 60, reports.Duplicated), "none/calm"),
		named(cellOf("any", 60, 15, reports.Duplicated), "set-nx/kill"),
		named(cellOf("any", 60, 0, ""), "bitmap/kill"),
		named(measured(safe(3), 100), "lease-lua/few"),
		named(safe(60), "lease-lua/new"),
	)
	now.Tool.Commit = "def5678"
	return old, now
}

func TestText(t *testing.T) {
	old, now := sides()
	differently := resultsOf(now.Cells...)
	differently.Environment.MySQL, differently.Config.Workers = "8.0.36", 8
	differently.Run.Status, differently.Run.Done = reports.Interrupted, 37
	for name, c := range map[string]struct {
		old, now *reports.Results
		costs    bool
	}{
		"changed":     {old, now, false},
		"same":        {old, old, false},
		"differently": {old, differently, true},
		"costs":       {resultsOf(old.Cells[:2]...), resultsOf(now.Cells[:2]...), true},
	} {
		var text, markdown strings.Builder
		comparison := compared(t, c.old, c.now)
		if err := comparison.WriteText(&text, c.costs); err != nil {
			t.Fatal(err)
		}
		if err := comparison.WriteMarkdown(&markdown, c.costs); err != nil {
			t.Fatal(err)
		}
		reporttest.Golden(t, name+".txt", text.String())
		reporttest.Golden(t, name+".md", markdown.String())
	}
}
