package schema_test

import (
	"cmp"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/reports/schema"

	gocmp "github.com/google/go-cmp/cmp"
)

// definition is what the tests need of a part of the schema.
type definition struct {
	Ref         string                 `json:"$ref"`
	Type        any                    `json:"type"`
	Description string                 `json:"description"`
	Required    []string               `json:"required"`
	Properties  map[string]*definition `json:"properties"`
	Items       *definition            `json:"items"`
	Enum        []string               `json:"enum"`
	Additional  any                    `json:"additionalProperties"`
	Defs        map[string]*definition `json:"$defs"`
}

func parsed(t testing.TB) *definition {
	t.Helper()
	var d definition
	if err := json.Unmarshal(schema.Results, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

// walk visits every struct that results consist of.
func walk(of reflect.Type, seen map[reflect.Type]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		walk(of.Elem(), seen)
	case reflect.Struct:
		if seen[of] || of == reflect.TypeFor[time.Time]() {
			return
		}
		seen[of] = true
		for i := range of.NumField() {
			walk(of.Field(i).Type, seen)
		}
	}
}

func structs() map[string]reflect.Type {
	seen := map[reflect.Type]bool{}
	walk(reflect.TypeFor[reports.Results](), seen)
	byName := map[string]reflect.Type{}
	for of := range seen {
		byName[of.Name()] = of
	}
	return byName
}

func TestSchemaAndTypesHaveTheSameFields(t *testing.T) {
	defs := parsed(t).Defs
	types := structs()
	if len(types) < 15 {
		t.Fatalf("only %d types were found", len(types))
	}
	for name, of := range types {
		d := defs[name]
		if d == nil {
			t.Errorf("the schema does not define %s", name)
			continue
		}
		var fields, required []string
		for i := range of.NumField() {
			field := of.Field(i)
			key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			fields = append(fields, key)
			if options != "omitempty" {
				required = append(required, key)
			}
			p := d.Properties[key]
			if p == nil {
				continue // said below
			}
			if got, want := p.kind(), kindOf(field.Type, options == ""); got != want {
				t.Errorf("%s.%s is %s in the schema, and %s in Go", name, key, got, want)
			}
		}
		same(t, name+": fields", fields, slices.Collect(maps.Keys(d.Properties)))
		same(t, name+": required fields", required, d.Required)
	}
	for name, d := range defs {
		if types[name] == nil && d.Enum == nil {
			t.Errorf("the schema defines %s, which does not exist", name)
		}
	}
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-Go +schema):\n%s", what, diff)
	}
}

// kind is the type of a definition in one word.
func (d *definition) kind() string {
	if name, ok := strings.CutPrefix(d.Ref, "#/$defs/"); ok {
		return name
	}
	switch of := d.Type.(type) {
	case string:
		if of == "array" {
			return "array of " + d.Items.kind()
		}
		return of
	case []any: // null and another one
		return "array or null of " + d.Items.kind()
	}
	return "nothing"
}

// kindOf is the same of a Go type. An array that is always there may be null,
// except for that of the cells: without them nothing was checked.
func kindOf(of reflect.Type, always bool) string {
	switch of.Kind() {
	case reflect.Pointer:
		return kindOf(of.Elem(), false)
	case reflect.Slice:
		kind := "array of "
		if always && of.Elem() != reflect.TypeFor[reports.Cell]() {
			kind = "array or null of "
		}
		return kind + kindOf(of.Elem(), false)
	case reflect.Struct:
		if of == reflect.TypeFor[time.Time]() {
			return "string"
		}
		return of.Name()
	case reflect.String:
		if _, shared := sharedEnums[of.Name()]; shared {
			return of.Name()
		}
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	}
	return "integer"
}

// sharedEnums have a definition of their own.
var sharedEnums = map[string]bool{"State": true, "Verdict": true, "StepOutcome": true}

func TestEverythingIsDescribedAndOpen(t *testing.T) {
	for name, d := range parsed(t).Defs {
		if d.Description == "" {
			t.Errorf("%s is not described", name)
		}
		if d.Additional != nil {
			t.Errorf("%s forbids fields of a later version", name)
		}
		for key, p := range d.Properties {
			unit := map[string]string{"_ms": "millisecond", "_per_s": "per second"}
			for suffix, word := range unit {
				if strings.HasSuffix(key, suffix) && !strings.Contains(p.Description, word) {
					t.Errorf("%s.%s: its description %q does not say its unit", name, key, p.Description)
				}
			}
			if p.Type == "integer" && !strings.Contains(strings.ToLower(p.Description), "number") && !hasUnit(p.Description) {
				t.Errorf("%s.%s: its description %q does not say what it counts", name, key, p.Description)
			}
			if !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s.%s: its description is %q", name, key, p.Description)
			}
		}
	}
}

func hasUnit(description string) bool {
	for _, word := range []string{"millisecond", "how often", "how many", "seed", "exit code", "0 for the first"} {
		if strings.Contains(strings.ToLower(description), word) {
			return true
		}
	}
	return false
}

// constants are those of package reports, by the name of their type.
func constants(t *testing.T) map[string][]string {
	t.Helper()
	byType := map[string][]string{}
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Type == nil || len(spec.Values) != 1 {
				return true
			}
			of, isName := spec.Type.(*ast.Ident)
			value, isText := spec.Values[0].(*ast.BasicLit)
			if isName && isText && value.Kind == token.STRING {
				text, _ := strconv.Unquote(value.Value) // the parser has read it
				byType[of.Name] = append(byType[of.Name], text)
			}
			return true
		})
	}
	return byType
}

func TestEnumerationsAreThoseOfTheTypes(t *testing.T) {
	defs, declared := parsed(t).Defs, constants(t)
	same(t, "State", declared["State"], defs["State"].Enum)
	same(t, "Verdict", declared["Verdict"], defs["Verdict"].Enum)
	same(t, "StepOutcome", declared["StepOutcome"], defs["StepOutcome"].Enum)
	same(t, "GateStatus", declared["GateStatus"], defs["Gate"].Properties["status"].Enum)
	same(t, "Status", declared["Status"], defs["Invocation"].Properties["status"].Enum)
	same(t, "worlds", []string{reports.WorldLive, reports.WorldSim, reports.WorldBoth}, defs["Invocation"].Properties["world"].Enum)
	for _, name := range []string{"Cell", "Reason", "PartCell"} {
		same(t, "worlds of "+name, []string{reports.WorldLive, reports.WorldSim}, defs[name].Properties["world"].Enum)
	}
	for name, of := range structs() {
		for i := range of.NumField() {
			field := of.Field(i).Type
			key, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			p := cmp.Or(defs[name].Properties[key], &definition{})
			closed := p.Enum != nil || sharedEnums[field.Name()]
			if declared[field.Name()] != nil && !closed {
				t.Errorf("%s.%s has the type %s, and is not closed in the schema", name, key, field.Name())
			}
		}
	}
}

// full are results in which no field is empty.
func full(t testing.TB) *reports.Results {
	t.Helper()
	var r reports.Results
	fill(reflect.ValueOf(&r).Elem(), parsed(t).Defs, parsed(t).Defs["Results"])
	r.Schema, r.Cells[0].Expected = reports.Schema, "safe(max_rate: 5%)"
	r.Run.Shard, r.Parts[0].Run.Shard = "2/4", "2/4"
	r.Run.Started = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	for i := range r.Parts {
		r.Parts[i].Run.Started = r.Run.Started
	}
	return &r
}

func fill(v reflect.Value, defs map[string]*definition, d *definition) {
	if name, ok := strings.CutPrefix(d.Ref, "#/$defs/"); ok {
		d = defs[name]
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), defs, d)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), defs, d.Items)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fill(v.Field(i), defs, cmp.Or(d.Properties[key], &definition{Items: &definition{}}))
		}
	case reflect.String:
		v.SetString("x")
		if d.Enum != nil {
			v.SetString(d.Enum[0])
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Uint64:
		v.SetUint(1<<64 - 1)
	default:
		v.SetInt(1)
	}
}
