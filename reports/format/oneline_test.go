package format

import (
	"errors"
	"fmt"
	"testing"
)

func TestJoinedErrorsAreToldApartInOneLine(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	for want, err := range map[string]error{
		"one":                  one,
		"one; two":             errors.Join(one, two),
		"run 1: one; two; one": fmt.Errorf("run 1: %w", errors.Join(errors.Join(one, two), one)),
		"its last words: bye":  errors.New("its last words: bye\n\n"),
	} {
		if got := OneLine(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
