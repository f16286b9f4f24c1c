package format

import "testing"

func TestPlural(t *testing.T) {
	for want, n := range map[string]int{"0 rows": 0, "1 row": 1, "2 rows": 2} {
		if got := Plural(n, "row", "rows"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
