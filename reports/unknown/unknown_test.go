package unknown

import "testing"

func TestWhatMayHaveBeenMeant(t *testing.T) {
	known := []string{"none", "connection-name", "set-nx", "set-nx-renewed", "lease-lua", "pause-short", "pause-long", "cut", "mysql-cut"}
	for given, want := range map[string]string{
		"pause":          "pause-short or pause-long", // all of them
		"p":              "pause-short or pause-long",
		"set":            "set-nx or set-nx-renewed",
		"lua":            "lease-lua", // a word of it
		"cu":             "cut or mysql-cut",
		"name":           "connection-name",
		"setnx":          "set-nx", // a slip
		"SET_NX":         "set-nx or set-nx-renewed",
		"cut-":           "cut",
		"pause-shrot":    "pause-short", // the fewest edits
		"pauselonger":    "pause-long",
		"connectionname": "connection-name",
		"explode":        "", // nothing comes near
		"q":              "",
		"":               "",
	} {
		n := &Name{Kind: "strategy", Name: given, Known: known}
		if got := n.Choice(); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	if got := (&Name{Kind: "strategy", Name: "cut\x1b", Known: nil}).Error(); got != `unknown strategy "cut\x1b"` {
		t.Error(got)
	}
}
