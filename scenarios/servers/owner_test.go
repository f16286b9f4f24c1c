package servers

import (
	"os"
	"os/exec"
	"testing"
	"time"
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

// Where process 1 of a container is no init, a killed process stays for ever, without an end
// that somebody has asked for.
func TestAProcessThatNobodyWaitsForHasEnded(t *testing.T) {
	cmd := exec.Command("sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	owner := OwnerOf(cmd.Process.Pid)
	if owner.Gone() {
		t.Error("it is said to have ended while it runs")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if owner.Gone() {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !owner.Gone() {
		t.Error("it was killed, and is said to live on")
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it was not killed")
	}
}
