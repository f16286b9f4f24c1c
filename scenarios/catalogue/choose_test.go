package catalogue

import "testing"

func TestNearestName(t *testing.T) {
	known := []string{"none", "bitmap", "connection-name", "set-nx", "lease-lua"}
	for given, want := range map[string]string{
		"setnx": "set-nx", "SET-NX": "set-nx", "connectionname": "connection-name", "lease": "lease-lua", "bit": "bitmap", "": "none",
	} {
		if got := nearest(given, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", given, got, want)
		}
	}
}
