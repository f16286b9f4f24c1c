package servers_test

import (
	"slices"
	"strings"
	"testing"

	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
	"onceover/scenarios/servers/serverstest"
)

// dial reaches the engine of a test.
func dial(t *testing.T) *servers.Engine {
	t.Helper()
	e, err := servers.Dial(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnImageThatCannotBeHadIsAskedForOnce(t *testing.T) {
	registry := serverstest.WithoutRegistry(t)
	e := dial(t)
	both := map[images.Kind]string{images.Redis: "", images.MySQL: ""}
	first := e.Images(t.Context(), both)
	if first == nil || !strings.Contains(first.Error(), "E: no mirror") {
		t.Fatalf("error %v, want the reason", first)
	}
	if n := strings.Count(first.Error(), "E: no mirror"); n != 1 {
		t.Errorf("the reason is said %d times:\n%v", n, first)
	}
	for _, again := range []func() error{
		func() error { return e.Images(t.Context(), both) },
		func() error { _, err := e.StartRedis(t.Context(), "", ""); return err },
		func() error { _, _, err := e.StartMySQL(t.Context(), ""); return err },
	} {
		if err := again(); err == nil || !strings.Contains(err.Error(), "E: no mirror") {
			t.Errorf("asked again: error %v, want the same reason", err)
		}
	}
	if n := registry.Count("/images/create"); n != 2 {
		t.Errorf("%d pulls, want one of each image", n)
	}
	if got := registry.Builds(); !slices.Equal(got, []string{"prepare"}) {
		t.Errorf("built with %q, want one attempt to install what both need", got)
	}
}

func TestANamedImageIsPulledAndNeverBuilt(t *testing.T) {
	registry := serverstest.WithoutRegistry(t)
	e := dial(t)
	err := e.Images(t.Context(), map[images.Kind]string{images.Redis: "mine/redis:7"})
	if err == nil || !strings.Contains(err.Error(), "image mine/redis:7 is not here and cannot be pulled: ") {
		t.Errorf("error %v", err)
	}
	if got := registry.Builds(); got != nil {
		t.Errorf("built with %q", got)
	}
}
