package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/net/html"

	"onceover/reports"
	"onceover/reports/recheck"
)

// Load reads results from a results.json, from a folder with one, or with one in its
// folder "latest", or from a report.html, which embeds them as data. A report.html may
// have left out details of runs, but still has their count.
func Load(path string) (*reports.Results, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plain(err)
	}
	if info.IsDir() {
		folder, err := FolderOf(path)
		if err != nil {
			return nil, err
		}
		path = filepath.Join(folder, resultsFile)
	}
	text, err := reports.ReadAll(reports.OpenStored(path, reports.MostOfResults))
	if err != nil {
		return nil, plain(err)
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		if text, err = embedded(text); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return recheck.Decode(path, text)
}

// plain leaves out the system call of an error of the file system.
func plain(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%s: %w", failed.Path, failed.Err)
	}
	return err
}

// embedded finds the block of data with the id "results" in a page.
func embedded(page []byte) ([]byte, error) {
	for in := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch in.Next() {
		case html.ErrorToken:
			return nil, errors.New(`it is a page without results: it has no <script type="application/json" id="results">`)
		case html.StartTagToken:
			if tag := in.Token(); tag.Data != "script" || attribute(tag, "id") != "results" || attribute(tag, "type") != "application/json" {
				continue
			}
			if in.Next() != html.TextToken {
				return nil, errors.New("its block of results is empty")
			}
			return bytes.Clone(in.Raw()), nil
		}
	}
}

func attribute(tag html.Token, name string) string {
	for _, a := range tag.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
