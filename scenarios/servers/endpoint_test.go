package servers

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheEngineIsThatOfTheDockerCommand(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	meta := func(context string) string {
		return fmt.Sprintf("contexts/meta/%x/meta.json", sha256.Sum256([]byte(context)))
	}
	write(meta("rootless"), `{"Name":"rootless","Endpoints":{"docker":{"Host":"unix:///run/user/1000/docker.sock","SkipTLSVerify":false}}}`)
	write(meta("colima"), `{"Name":"colima","Endpoints":{"docker":{"Host":"unix:///home/me/.colima/docker.sock"}}}`)
	write(meta("empty"), `{}`)
	for _, c := range []struct{ host, context, config, want, wrong string }{
		{want: ""},
		{config: `{"currentContext":"rootless"}`, want: "unix:///run/user/1000/docker.sock"},
		{config: `{"currentContext":"default"}`, want: ""},
		{config: `not JSON`, want: ""},
		{context: "colima", config: `{"currentContext":"rootless"}`, want: "unix:///home/me/.colima/docker.sock"},
		{host: "tcp://127.0.0.1:1", context: "colima", want: "tcp://127.0.0.1:1"},
		{context: "gone", wrong: `docker context "gone": open`},
		{context: "empty", wrong: "names no host"},
	} {
		t.Setenv("DOCKER_CONFIG", folder)
		t.Setenv("DOCKER_HOST", c.host)
		t.Setenv("DOCKER_CONTEXT", c.context)
		write("config.json", c.config)
		got, err := endpoint()
		if got != c.want || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestAnImageThatWasFoundIsTheOneThatIsStarted(t *testing.T) {
	for name, want := range map[string]string{
		"redis:8.0":                   "docker.io/library/redis:8.0",
		"onceover/redis:8.0":          "docker.io/onceover/redis:8.0",
		"registry.example/redis:8.0":  "registry.example/redis:8.0",
		"localhost/redis:8.0":         "localhost/redis:8.0",
		"mirror:5000/library/redis:8": "mirror:5000/library/redis:8",
	} {
		if got := explicit(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	t.Setenv("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX", "registry.example/hub")
	if got := fromHub("redis:8.0"); got != "registry.example/hub/redis:8.0" {
		t.Error(got)
	}
}
