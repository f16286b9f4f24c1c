package servers

import (
	"os"
	"testing"
)

func TestAnOwnerHasEndedOnlyIfThatIsKnown(t *testing.T) {
	alive := OwnerOf(os.Getpid())
	for name, c := range map[string]struct {
		change func(*Owner)
		want   fate
	}{
		"alive":                         {func(*Owner) {}, living},
		"no such process":               {func(o *Owner) { o.PID = 1 << 22 }, ended},
		"its number is another's now":   {func(o *Owner) { o.Started = "1" }, ended},
		"nobody knows when it began":    {func(o *Owner) { o.Started = "" }, unknown},
		"another machine":               {func(o *Owner) { o.Host, o.PID = "elsewhere", 1<<22 }, unknown},
		"another place of this machine": {func(o *Owner) { o.Place, o.PID = "pid:[1]", 1<<22 }, unknown},
		"another boot":                  {func(o *Owner) { o.Boot, o.PID = "1", 1<<22 }, unknown},
	} {
		owner := alive
		c.change(&owner)
		if got := owner.fate(); got != c.want || owner.Gone() != (c.want == ended) {
			t.Errorf("%s: fate %d, gone %t", name, got, owner.Gone())
		}
	}
	if sameProcess("7", "") != unknown {
		t.Error("of a process of which nothing can be seen something is known")
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
