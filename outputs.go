package main

import (
	"path/filepath"
	"strings"

	"onceover/reports"
	"onceover/reports/page"
)

func writeResults(out string, results *reports.Results) error {
	if err := results.Write(out); err != nil {
		return err
	}
	var text strings.Builder
	if err := page.Write(&text, results, page.Options{}); err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(out, "report.html"), []byte(text.String()))
}
