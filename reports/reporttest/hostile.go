package reporttest

import (
	"reflect"
	"strings"
)

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
