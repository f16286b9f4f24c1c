package servers

import (
	"io"
	"testing"
)

func TestAPullSaysHowMuchHasArrived(t *testing.T) {
	l := newLayers(func(string) {})
	for _, part := range []string{
		`{"status":"Pulling from library/redis","id":"8.0"}` + "\n" + `{"status":"Downloading","progressDetail":{"current":1000000,"total":30000000},"id":"aa"}` + "\n",
		`{"status":"Downloading","progressDetail":{"current":20000000,"total":30000000},"id":"aa"}` + "\n{\"status\":\"Down",
		`loading","progressDetail":{"current":2000000,"total":4000000},"id":"bb"}` + "\nnot JSON\n",
	} {
		if n, err := io.WriteString(l, part); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got, want := l.String(), "22 of 34 MB in 2 layers"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
