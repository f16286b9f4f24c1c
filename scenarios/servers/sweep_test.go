package servers

import (
	"os"
	"testing"

	"github.com/ory/dockertest/v3/docker"
)

// Nothing is removed on a guess.
func TestAHarnessHasEndedOnlyIfThatIsKnown(t *testing.T) {
	here := OwnerOf(os.Getpid())
	dead, hidden, elsewhere, before := here, here, here, here
	dead.PID = 1 << 22
	hidden.Started = "" // as if hidepid=2 hid it
	elsewhere.Host = "elsewhere"
	before.Boot = "1"
	unreadable := func(labels map[string]string) { delete(labels, ownerLabel) }
	keeper := func(name string) func(map[string]string) {
		return func(labels map[string]string) { labels[keeperLabel] = name }
	}
	none := func(map[string]string) {}
	for name, c := range map[string]struct {
		owner Owner
		mark  func(map[string]string)
		state string
		want  fate
	}{
		"seen to live, its keeper does not run":  {here, keeper("ended"), "running", living},
		"seen to have ended, its keeper runs":    {dead, keeper("runs"), "running", ended},
		"hidden, its keeper runs":                {hidden, keeper("runs"), "exited", living},
		"hidden, its keeper does not run":        {hidden, keeper("ended"), "running", doubted},
		"hidden, no keeper":                      {hidden, none, "exited", unknown},
		"elsewhere, its keeper runs":             {elsewhere, keeper("runs"), "exited", living},
		"elsewhere, its keeper is paused":        {elsewhere, keeper("paused"), "exited", living},
		"elsewhere, its keeper is who knows how": {elsewhere, keeper("new word"), "exited", living},
		"elsewhere, its keeper does not run":     {elsewhere, keeper("ended"), "running", doubted},
		"elsewhere, its keeper was not started":  {elsewhere, keeper("created"), "running", doubted},
		"elsewhere, its keeper is not there":     {elsewhere, keeper("none"), "running", doubted},
		"elsewhere, one of its keepers runs":     {elsewhere, keeper("cut"), "running", living},
		"elsewhere, no keeper":                   {elsewhere, none, "exited", unknown},
		"of another boot, it ran":                {before, none, "exited", ended},
		"of another boot, or machine, it runs":   {before, none, "running", unknown},
		"of a machine of this name":              {before, keeper("runs"), "exited", living},
		"unreadable, no keeper":                  {here, unreadable, "exited", unknown},
		"unreadable, its keeper does not run": {here, func(labels map[string]string) {
			unreadable(labels)
			keeper("ended")(labels)
		}, "exited", doubted},
	} {
		labels := c.owner.Labels()
		c.mark(labels)
		container := docker.APIContainers{State: c.state, Labels: labels}
		if got := harnessOf(container, keepersAlive(keepers)); got != c.want {
			t.Errorf("%s: fate %d, want %d", name, got, c.want)
		}
	}
}

var keepers = []docker.APIContainers{
	keeperIn("running", "runs"), keeperIn("paused", "paused"), keeperIn("?", "new word"), keeperIn("exited", "ended"),
	keeperIn("created", "created"), keeperIn("exited", "cut"), keeperIn("running", "cut"), {State: "running"},
}

func keeperIn(state, name string) docker.APIContainers {
	return docker.APIContainers{State: state, Labels: map[string]string{keeperLabel: name, keepsLabel: name}}
}
