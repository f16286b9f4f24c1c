package worker

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"onceover/loader"
)

// Report is one line of a worker's pipe: it has reached a step, and it waits
// there if the harness had asked it to.
type Report struct {
	Step  loader.Step
	Chunk int
	Waits bool
}

// String writes a report as its line, without the line feed.
func (r Report) String() string {
	line := r.Step.String() + " " + strconv.Itoa(r.Chunk)
	if r.Waits {
		line += " waits"
	}
	return line
}

// ParseReport is the inverse of String.
func ParseReport(line string) (Report, error) {
	words := strings.Fields(line)
	if len(words) < 2 || len(words) > 3 || len(words) == 3 && words[2] != "waits" {
		return Report{}, fmt.Errorf("worker: report %q", line)
	}
	step, err := loader.ParseStep(words[0])
	if err != nil {
		return Report{}, fmt.Errorf("worker: report %q: %w", line, err)
	}
	chunk, err := strconv.Atoi(words[1])
	if err != nil {
		return Report{}, fmt.Errorf("worker: report %q: %w", line, err)
	}
	return Report{step, chunk, len(words) == 3}, nil
}

// Stop is a place where a worker waits for the harness. Chunk -1 is any chunk.
type Stop struct {
	Step  loader.Step
	Chunk int
}

// FormatStops writes stops as one word of an environment variable.
func FormatStops(stops []Stop) string {
	words := make([]string, len(stops))
	for i, s := range stops {
		words[i] = s.Step.String() + ":" + strconv.Itoa(s.Chunk)
	}
	return strings.Join(words, ",")
}

// ParseStops is the inverse of FormatStops.
func ParseStops(text string) ([]Stop, error) {
	if text == "" {
		return nil, nil
	}
	var stops []Stop
	for word := range strings.SplitSeq(text, ",") {
		name, chunk, _ := strings.Cut(word, ":")
		step, err := loader.ParseStep(name)
		if err != nil {
			return nil, fmt.Errorf("worker: stop %q: %w", word, err)
		}
		n, err := strconv.Atoi(chunk)
		if err != nil {
			return nil, fmt.Errorf("worker: stop %q: %w", word, err)
		}
		stops = append(stops, Stop{step, n})
	}
	return stops, nil
}

// hook reports each step on a pipe, and waits at the stops until the harness
// sends a byte. A harness that is gone keeps nobody waiting.
func hook(reports io.Writer, goOn io.Reader, stops []Stop) loader.Hook {
	permits := bufio.NewReader(goOn)
	return func(_ context.Context, step loader.Step, chunk int) {
		waits := slices.ContainsFunc(stops, func(s Stop) bool {
			return s.Step == step && (s.Chunk == -1 || s.Chunk == chunk)
		})
		if _, err := fmt.Fprintln(reports, Report{step, chunk, waits}); err != nil || !waits {
			return
		}
		_, _ = permits.ReadByte()
	}
}
