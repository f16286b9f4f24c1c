package page

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"onceover/reports"
)

// fileView is a file or a folder beside the page.
type fileView struct{ Href, Name string }

// href leads to what lies beside the page, by its name there. It is empty unless that is there,
// in the folder of the page: a page that is moved takes its folder along, and no other.
func (s *source) href(name string) string {
	if s.options.Beside == nil || name == "" || !filepath.IsLocal(filepath.FromSlash(name)) || !s.options.Beside(name) {
		return ""
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return "./" + strings.Join(parts, "/")
}

// runView is a run with what lies of it beside the page.
type runView struct {
	reports.Run
	Files []fileView
}

func (s *source) runView(run reports.Run, simulated bool) runView {
	v := runView{Run: run}
	if href := s.href(run.Folder); href != "" {
		file := fileView{href + "/", "folder"}
		if simulated {
			file = fileView{href, "schedule"}
		}
		v.Files = append(v.Files, file)
	}
	if s.options.Trace != nil && run.Folder != "" {
		if href := s.href(s.options.Trace(run.Folder)); href != "" {
			v.Files = append(v.Files, fileView{href, "trace"})
		}
	}
	return v
}

// besideView names what lies beside the page, as far as the results do.
type besideView struct {
	Results string // the address of results.json, if it is there
	Rest    string
	Traces  bool
}

func (s *source) beside() besideView {
	v := besideView{Results: s.href("results.json")}
	here := func(r reports.Run) bool { return r.Folder != "" && !strings.HasPrefix(r.Folder, "..") }
	switch {
	case len(s.Parts) > 0:
		v.Rest = "; the folders of the runs lie with the parts that were put together, under Method"
	case slices.ContainsFunc(s.Cells, func(c reports.Cell) bool { return c.Search == nil && slices.ContainsFunc(c.Runs, here) }):
		v.Rest = ", and a folder for each run with its history, its plan and its logs"
		if slices.ContainsFunc(s.Cells, func(c reports.Cell) bool { return slices.ContainsFunc(c.Runs, compacted) }) {
			v.Rest = ", and a folder for each run that was not safe, and for one that was of each cell, with its history, its plan and its logs"
		}
	case slices.ContainsFunc(s.Cells, func(c reports.Cell) bool { return slices.ContainsFunc(c.Runs, here) }):
		v.Rest = ", and the schedules that were found, for onceover replay"
	}
	v.Traces = slices.ContainsFunc(s.cells, func(c *cellView) bool {
		return slices.ContainsFunc(c.Runs, func(r reports.Run) bool { return s.options.Trace != nil && s.href(s.options.Trace(r.Folder)) != "" })
	})
	return v
}

// compacted tells whether no more is left of a run than what the results say of it.
func compacted(r reports.Run) bool { return r.Folder == "" && r.Verdict == reports.Safe }
