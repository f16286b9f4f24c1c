package servers

import (
	"os"
	"testing"
)

// Nothing is removed on a guess.
func TestAnOwnerIsGoneOnlyIfThatIsKnown(t *testing.T) {
	alive := OwnerOf(os.Getpid())
	for name, c := range map[string]struct {
		change  func(*Owner)
		stopped bool
		gone    bool
	}{
		"alive":                           {func(*Owner) {}, true, false},
		"no such process":                 {func(o *Owner) { o.PID = 1 << 22 }, false, true},
		"its number is another's now":     {func(o *Owner) { o.Started = "1" }, false, true},
		"nobody knows when it began":      {func(o *Owner) { o.Started = "" }, true, false},
		"another machine":                 {func(o *Owner) { o.Host, o.PID = "elsewhere", 1<<22 }, true, false},
		"another place of this machine":   {func(o *Owner) { o.Place, o.PID = "pid:[1]", 1<<22 }, true, false},
		"an earlier boot":                 {func(o *Owner) { o.Boot, o.PID = "1", 1<<22 }, true, true},
		"an earlier boot, or another one": {func(o *Owner) { o.Boot, o.PID = "1", 1<<22 }, false, false},
	} {
		owner := alive
		c.change(&owner)
		if owner.gone(c.stopped) != c.gone {
			t.Errorf("%s: gone is %t", name, !c.gone)
		}
	}
	if another("7", "") {
		t.Error("a process of which nothing can be seen is taken for another")
	}
}

func TestAnOwnerIsReadFromItsText(t *testing.T) {
	for _, o := range []Owner{OwnerOf(os.Getpid()), {Host: `a "b"`, PID: 7}} {
		if got, err := ParseOwner(o.String()); err != nil || got != o {
			t.Errorf("%s: %+v, %v", o, got, err)
		}
	}
	for _, text := range []string{"", "my own table", `onceover "a"`} {
		if _, err := ParseOwner(text); err == nil {
			t.Errorf("%q is the text of an owner", text)
		}
	}
}
