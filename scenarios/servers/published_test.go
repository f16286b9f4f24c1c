package servers

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/ory/dockertest/v3/docker"
)

func TestWhereTheLoopbackInterfaceLeadsToAContainer(t *testing.T) {
	at := func(ip, port string) docker.PortBinding { return docker.PortBinding{HostIP: ip, HostPort: port} }
	for want, bindings := range map[string][]docker.PortBinding{
		"1": {at("0.0.0.0", "2"), at("127.0.0.1", "1")},
		"2": {at("::", "3"), at("0.0.0.0", "2")},
		"4": {at("", "4")},
		"":  {at("192.0.2.1", "5"), at("127.0.0.1", "")},
	} {
		if got := onLoopback(bindings); got != want {
			t.Errorf("%v: %q, want %q", bindings, got, want)
		}
	}
}

func TestTheCureIsThatOfTheCause(t *testing.T) {
	for want, err := range map[string]error{
		"usermod":      fmt.Errorf("%w: %w", ErrNoEngine, fs.ErrPermission),
		"restart":      fmt.Errorf("%w: %w", ErrNoEngine, ErrSilent),
		"start Docker": fmt.Errorf("%w: refused", ErrNoEngine),
	} {
		if got := Cure(err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
	if got := Cure(fs.ErrNotExist); got != "" {
		t.Errorf("a cure for what it does not know: %s", got)
	}
}
