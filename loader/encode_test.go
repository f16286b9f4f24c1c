package loader

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestAppendInteger(t *testing.T) {
	for _, tc := range []struct{ digits, want string }{
		{"0", "0"},
		{"7", "7"},
		{"007", "7"},
		{"000", "0"},
		{"100", "100"},
		{"-1", "-1"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"18446744073709551615", "18446744073709551615"},
	} {
		if got := string(appendInteger([]byte("x"), []byte(tc.digits))); got != "x"+tc.want {
			t.Errorf("appendInteger(%q) = %q, want %q", tc.digits, got[1:], tc.want)
		}
	}
}

func TestAppendFloat(t *testing.T) {
	for _, tc := range []struct {
		text string
		bits int
		want string
	}{
		{"0", 64, "0"},
		{"-0", 64, "-0"},
		{"000000001.5", 64, "1.5"}, // ZEROFILL
		{"1e+308", 64, "1e+308"},
		{"5e-324", 64, "5e-324"},
		{"0.1", 64, "0.1"},
		{"0.10000000149011612", 32, "0.1"}, // the FLOAT nearest to 0.1, as a DOUBLE
		{"16777217", 64, "1.6777217e+07"},
		{"123456790.5", 64, "1.234567905e+08"},
		{"3.4028234663852886e38", 32, "3.4028235e+38"},
	} {
		got, err := appendFloat(nil, []byte(tc.text), tc.bits)
		if err != nil || string(got) != tc.want {
			t.Errorf("appendFloat(%q, %d) = %q, %v, want %q", tc.text, tc.bits, got, err, tc.want)
		}
		if !json.Valid(got) {
			t.Errorf("appendFloat(%q) = %q, which is not JSON", tc.text, got)
		}
	}
	if got, err := appendFloat(nil, []byte("1.5x"), 64); err == nil {
		t.Errorf("appendFloat(1.5x) = %q, want an error", got)
	}
}

func TestFloatsReadBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float32().Draw(t, "float")
		text, err := appendFloat(nil, strconv.AppendFloat(nil, float64(f), 'g', -1, 64), 32)
		if err != nil {
			t.Fatal(err)
		}
		back, err := strconv.ParseFloat(string(text), 32)
		if err != nil || math.Float32bits(float32(back)) != math.Float32bits(f) {
			t.Errorf("%b became %s, which reads as %b (%v)", f, text, float32(back), err)
		}
	})
}

func TestAppendString(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", `""`},
		{"plain", `"plain"`},
		{`say "no"`, `"say \"no\""`},
		{`back\slash`, `"back\\slash"`},
		{"tab\tline\n", `"tab\tline\n"`},
		{"\x00\x1f", `"\u0000\u001f"`},
		{"<a> & b", `"<a> & b"`},
		{"<a>\n& b", `"<a>\n& b"`},
		{"élan 🚀", `"élan 🚀"`},
		{"\x7f", "\"\x7f\""},
	} {
		if got := string(appendString([]byte("x"), []byte(tc.text))); got != "x"+tc.want {
			t.Errorf("appendString(%q) = %s, want %s", tc.text, got[1:], tc.want)
		}
	}
}

func TestStringsReadBackTheSame(t *testing.T) {
	special := rapid.SampledFrom([]rune{'"', '\\', '\n', '\x00', '\u2028', '\u2029', '\ufffd', '\U0010ffff', '<', 'é'})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(special)).Draw(t, "text")
		element := appendString(nil, []byte(text))
		var back string
		if err := json.Unmarshal(element, &back); err != nil || back != text {
			t.Errorf("%q became %s, which reads as %q (%v)", text, element, back, err)
		}
		if strings.Contains(string(element), "\n") {
			t.Errorf("%q became %q: an element must be one line", text, element)
		}
	})
}

// What a replacement character would hide is refused.
func TestTextThatIsNotUTF8IsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		element, err := appendValue(nil, asText, text)
		if utf8.Valid(text) != (err == nil) {
			t.Errorf("appendValue(%q) = %q, %v", text, element, err)
		}
	})
}

func TestFormsOfColumns(t *testing.T) {
	for sqlType, want := range map[string]form{
		"tinyint(1)":                    asInteger,
		"int(10) unsigned zerofill":     asInteger,
		"bigint unsigned":               asInteger,
		"year":                          asInteger,
		"float":                         asFloat,
		"float(7,4) unsigned":           asFloat,
		"double":                        asDouble,
		"bit(64)":                       asBits,
		"binary(16)":                    asBase64,
		"longblob":                      asBase64,
		"vector(3)":                     asBase64,
		"geomcollection":                asBase64,
		"decimal(65,30)":                asText,
		"enum('int','blob')":            asText,
		"set('bit')":                    asText,
		"json":                          asText,
		"timestamp(6)":                  asText,
		"time":                          asText,
		"longtext":                      asText,
		"char(1)":                       asText,
		"a type that is not known here": asText,
	} {
		if got := formOf(column{sqlType: sqlType}); got != want {
			t.Errorf("formOf(%s) = %d, want %d", sqlType, got, want)
		}
	}
}

func TestPlainTextIsToldByEightBytesAsByOne(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for b := range 256 {
				text := []byte(strings.Repeat("~", length))
				text[at] = byte(b)
				want := b >= ' ' && b < utf8.RuneSelf && b != '"' && b != '\\'
				if plain(text) != want {
					t.Fatalf("plain(%q) = %t", text, !want)
				}
			}
		}
	}
}

// Elements that share a block are as they were encoded, whatever comes after them and
// whatever is done with others.
func TestElementsDoNotRunIntoOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e encoder
		var kept [][]byte
		var want []string
		for i := range rapid.IntRange(1, 200).Draw(t, "elements") {
			length := rapid.SampledFrom([]int{1, 100, largeInOne - 1, largeInOne, largeInOne + 1, 2 * blockSize}).Draw(t, "length")
			text := strings.Repeat(string(rune('a'+i%26)), length)
			kept, want = append(kept, e.keep([]byte(text))), append(want, text)
		}
		for i, element := range kept {
			if string(element) != want[i] {
				t.Fatalf("element %d: %.20q, want %.20q", i, element, want[i])
			}
			_ = append(element, "more"...)
		}
	})
}
