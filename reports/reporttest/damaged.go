package reporttest

import (
	"reflect"
	"strings"

	"onceover/reports"
)

// Damaged are results that say that the gate has passed, although it has not,
// by the kind of the damage. No format of a report may show any of them as a pass.
func Damaged() map[string]*reports.Results { return DamagedOf(Passing) }

// DamagedOf damages results that pass, whose first cell has to be safe.
func DamagedOf(passing func() *reports.Results) map[string]*reports.Results {
	all := map[string]*reports.Results{"the zero value": {}, "empty": Empty()}
	for name, damage := range map[string]func(*reports.Results){
		"interrupted":             func(r *reports.Results) { r.Run.Status = reports.Interrupted },
		"fewer runs than planned": func(r *reports.Results) { r.Run.Done = 1 },
		"no status of the run":    func(r *reports.Results) { r.Run.Status = "" },
		"no status of the gate":   func(r *reports.Results) { r.Gate.Status = "" },
		"a status unheard of":     func(r *reports.Results) { r.Gate.Status = "splendid" },
		"another exit code":       func(r *reports.Results) { r.Gate.ExitCode = 70 },
		"a state unheard of":      func(r *reports.Results) { r.Cells[0].State = "splendid" },
		"no state":                func(r *reports.Results) { r.Cells[0].State = "" },
		"a verdict unheard of":    func(r *reports.Results) { r.Cells[0].Verdict = "splendid" },
		"a run unheard of":        func(r *reports.Results) { r.Cells[0].Runs[0].Verdict = "splendid" },
		"nothing expected":        func(r *reports.Results) { r.Cells[0].Expected = "" },
		"a worse cell":            func(r *reports.Results) { r.Cells[0].State = reports.Worse },
		"a missed control":        func(r *reports.Results) { r.Cells[0].State = reports.ControlMissed },
		"a cell not proven":       func(r *reports.Results) { r.Cells[0].State = reports.NotProven },
		"a run that lost rows":    func(r *reports.Results) { r.Cells[0].Runs[0] = LostRun(7) },
		"a safe run without rows": func(r *reports.Results) { r.Cells[0].Runs[0].Rows = reports.RowCounts{} },
		"a safe run of lost rows": func(r *reports.Results) { r.Cells[0].Runs[0].Rows.Lost = 1 },
		"a plan without faults":   func(r *reports.Results) { r.Cells[0].Runs[0].Plan = "kill chunk=5" },
		"a count of lost runs":    func(r *reports.Results) { r.Cells[0].Tally.Lost = 1 },
		"no runs":                 func(r *reports.Results) { r.Cells[0].Runs, r.Cells[0].Tally = nil, reports.Tally{} },
		"a control not caught": func(r *reports.Results) {
			r.Cells[0].Expected = "unsafe"
		},
		"a cell that is gone": func(r *reports.Results) {
			r.Gate.Reasons = []reports.Reason{{Cell: "set-nx/night", State: reports.Gone, Text: "it was there before"}}
		},
	} {
		r := passing()
		damage(r)
		all[name] = r
	}
	return all
}

// HostileTexts try to break out of where they are shown.
var HostileTexts = []string{
	`</script><script>alert(1)</script>`,
	`<!--<script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onclick='alert(1)`,
	`javascript:alert(1)`,
	`{{.Data}}`,
	"\u202egnp.exe \u2066 \u200f שלום",
	"\x1b[2J\x1b]0;owned\x07\r\x00 \xff\xfe",
	strings.Repeat("long", 75),
	strings.Repeat("wide世界", 60),
	"",
}

// SpoilAll appends a text to every text in a value that v points to. A value of a type
// of its own, such as a verdict, is left alone.
func SpoilAll(v any, text string) { spoil(reflect.ValueOf(v).Elem(), text) }

func spoil(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.Type() == reflect.TypeFor[string]() {
			v.SetString(v.String() + text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				spoil(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), text)
		}
	}
}
