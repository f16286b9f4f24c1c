package images

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// Lines returns a writer that hands on what is written line by line.
func Lines(each func(line string)) io.Writer { return &lines{each: each} }

type lines struct {
	each func(string)
	rest []byte // a line that has not ended yet
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexAny(l.rest, "\r\n")
		if end < 0 {
			return len(p), nil
		}
		l.each(string(l.rest[:end]))
		l.rest = l.rest[end+1:]
	}
}

// marks begin the lines that say what is being done: those of the script itself, of mmdebstrap, and of an apt-get
// that waits.
var marks = []string{"build.sh: ", "I: running apt-get", "I: downloading", "I: extracting", "I: installing", "I: creating", "Waiting for cache lock"}

// Stages returns a writer for the output of Prepare and Build. It passes on the lines that say what is being done,
// and drops the rest.
func Stages(report func(stage string)) io.Writer {
	return Lines(func(line string) {
		line = strings.TrimSpace(line)
		if slices.ContainsFunc(marks, func(mark string) bool { return strings.HasPrefix(line, mark) }) {
			line = strings.TrimPrefix(strings.TrimPrefix(line, "build.sh: "), "I: ")
			report(strings.TrimSuffix(line, "..."))
		}
	})
}
