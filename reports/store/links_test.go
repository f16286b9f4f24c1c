package store

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"onceover/reports/reporttest"
)

// linked lists the files beside a page to which it leads.
func linked(t *testing.T, page string) (all []string) {
	t.Helper()
	for in := html.NewTokenizer(strings.NewReader(page)); ; {
		switch in.Next() {
		case html.ErrorToken:
			slices.Sort(all)
			return slices.Compact(all)
		case html.StartTagToken:
			tag := in.Token()
			href := attribute(tag, "href")
			if tag.Data != "a" || strings.HasPrefix(href, "#") {
				continue
			}
			address, err := url.Parse(href)
			if err != nil || address.IsAbs() || address.Fragment != "" || address.RawQuery != "" {
				t.Errorf("link to %q: %v", href, err)
				continue
			}
			all = append(all, strings.TrimPrefix(address.Path, "./"))
		}
	}
}

func TestEveryLinkOfThePageLeadsToAFile(t *testing.T) {
	w := newWriting(t)
	r := reporttest.Sample()
	r.Cells = r.Cells[5:6]
	runs := r.Cells[0].Runs
	runs[0].Folder, runs[1].Folder, runs[2].Folder = "runs/a b?#%41:\"<é>", "runs/"+"gone", "../"+filepath.Base(w.beside)
	w.withHistory(t, runs[0].Folder, someHistory)
	w.withHistory(t, runs[2].Folder, someHistory)
	if err := w.write(r); err != nil {
		t.Fatal(err)
	}
	got := linked(t, w.read(t, "report.html"))
	for _, name := range got {
		if _, err := os.Stat(filepath.Join(w.to, filepath.FromSlash(name))); err != nil {
			t.Error(err)
		}
	}
	want := []string{"results.json", runs[0].Folder + "/", "traces/set-nx/pause/1234" + traceSuffix, "traces/set-nx/pause/1236" + traceSuffix}
	if !slices.Equal(got, want) {
		t.Errorf("links to %q, want %q", got, want)
	}
}
