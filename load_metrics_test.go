package main

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"\})? (\S+)$`)

// parseMetrics reads Prometheus' text format: HELP and TYPE stand once before each metric,
// names are well formed, counters end in _total, and each value is a number.
func parseMetrics(t *testing.T, text string) map[string]float64 {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line does not end")
	}
	values, help, kind := map[string]float64{}, map[string]bool{}, map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		words := strings.SplitN(line, " ", 4)
		switch {
		case strings.HasPrefix(line, "# HELP ") && len(words) == 4 && !help[words[2]]:
			help[words[2]] = true
		case strings.HasPrefix(line, "# TYPE ") && help[words[2]] && kind[words[2]] == "":
			kind[words[2]] = words[3]
		default:
			found := sample.FindStringSubmatch(line)
			if found == nil {
				t.Fatalf("not in the format: %q", line)
			}
			name := found[1]
			value, err := strconv.ParseFloat(found[2], 64)
			if _, twice := values[name]; twice || err != nil || value < 0 {
				t.Errorf("%q: %v", line, err)
			}
			if counter := strings.HasSuffix(name, "_total"); counter != (kind[name] == "counter") || !counter && kind[name] != "gauge" {
				t.Errorf("%s is a %q", name, kind[name])
			}
			values[name] = value
		}
	}
	return values
}

func TestLoadServesMetricsWhileItRuns(t *testing.T) {
	d := databases(t)
	address := closedPort(t)
	w, rows := d.long(t, "--metrics", address, "--rate", "400")
	answer, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%v, %v", err, answer.Header)
	}
	d.discreet(t, "the metrics", string(text))
	got := parseMetrics(t, string(text))
	if got["onceover_load_rows_planned"] != float64(rows) || got["onceover_load_chunks_planned"] != float64(rows/5) ||
		got["onceover_load_rows_total"] < 100 || got["onceover_load_rows_total"] != 5*got["onceover_load_chunks_total"] && got["onceover_load_rows_total"] > float64(rows) ||
		got["onceover_load_bytes_total"] < 10*got["onceover_load_rows_total"] || got["onceover_load_seconds"] <= 0 || got["onceover_build_info"] != 1 {
		t.Errorf("metrics %v", got)
	}
	for _, name := range []string{"onceover_load_failures_total", "onceover_load_superseded_total"} {
		if _, has := got[name]; !has {
			t.Errorf("%s is missing", name)
		}
	}
	w.interrupt(t).want(t, 130)
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("it is still served")
	}
}

func TestMetricsOnAPortThatIsTakenEndTheLoadBeforeItBegins(t *testing.T) {
	d := databases(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	d.fill(t, "orders", 10)
	before := d.keys(t)
	e := complete(t, command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--metrics", taken.Addr().String()))
	e.want(t, 2)
	wantLine(t, e.stderr, "error: ", `--metrics 127.0.0.1:\d+: .*address already in use`)
	wantLine(t, e.stderr, "try: ", `an address of this host whose port is free, .*`)
	if difference := cmp.Diff(before, d.keys(t)); difference != "" {
		t.Errorf("Redis was changed:\n%s", difference)
	}
}
