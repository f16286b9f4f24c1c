package images

import (
	"bytes"
	"io"
	"strings"
)

// Stages returns a writer for the output of Prepare and Build. It passes on the lines that say what is being done,
// and drops the rest.
func Stages(report func(stage string)) io.Writer { return &stages{report: report} }

type stages struct {
	report func(string)
	line   []byte // that has not ended yet
}

// marks begin the lines that say what is being done: those of the script itself, of mmdebstrap, and of an apt-get
// that waits.
var marks = []string{"build.sh: ", "I: running apt-get", "I: downloading", "I: extracting", "I: installing", "I: creating", "Waiting for cache lock"}

func (s *stages) Write(p []byte) (int, error) {
	s.line = append(s.line, p...)
	for {
		end := bytes.IndexAny(s.line, "\r\n")
		if end < 0 {
			return len(p), nil
		}
		s.say(strings.TrimSpace(string(s.line[:end])))
		s.line = s.line[end+1:]
	}
}

func (s *stages) say(line string) {
	for _, mark := range marks {
		if strings.HasPrefix(line, mark) {
			line = strings.TrimPrefix(strings.TrimPrefix(line, "build.sh: "), "I: ")
			s.report(strings.TrimSuffix(line, "..."))
			return
		}
	}
}
