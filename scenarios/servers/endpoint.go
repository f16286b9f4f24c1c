package servers

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ory/dockertest/v3/docker"
)

// endpoint is the engine that the docker command works with, or "" if that is the
// usual one: DOCKER_HOST, or that of the context, which the command keeps in its
// folder: https://docs.docker.com/engine/manage-resources/contexts/.
func endpoint() (string, error) {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return host, nil
	}
	folder := os.Getenv("DOCKER_CONFIG")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", nil // then there is no such folder
		}
		folder = filepath.Join(home, ".docker")
	}
	name := os.Getenv("DOCKER_CONTEXT")
	if name == "" {
		var config struct{ CurrentContext string }
		if text, err := os.ReadFile(filepath.Join(folder, "config.json")); err == nil {
			_ = json.Unmarshal(text, &config) // docker itself goes on without it
		}
		name = config.CurrentContext
	}
	if name == "" || name == "default" {
		return "", nil
	}
	return hostOf(folder, name)
}

// hostOf is the engine of a context, which stands in a folder with the hash of its name.
func hostOf(folder, context string) (string, error) {
	var meta struct {
		Endpoints struct {
			Docker struct{ Host string }
		}
	}
	file := filepath.Join(folder, "contexts", "meta", fmt.Sprintf("%x", sha256.Sum256([]byte(context))), "meta.json")
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &meta)
	}
	if err == nil && meta.Endpoints.Docker.Host == "" {
		err = fmt.Errorf("%s names no host", file)
	}
	if err != nil {
		return "", fmt.Errorf("docker context %q: %w", context, err)
	}
	return meta.Endpoints.Docker.Host, nil
}

const (
	loopback   = "127.0.0.1"
	everywhere = "0.0.0.0"
)

// reach is how servers in containers are reached.
type reach struct {
	host   string // to which clients go
	listen string // the address there on which the engine publishes ports
}

// reachOf is the loopback interface for an engine on this machine. One that is reached
// by TCP on another host publishes ports there, on every address: it may not have the
// one by which that host is known here.
func reachOf(endpoint string) reach {
	u, err := url.Parse(endpoint)
	if err != nil || !slices.Contains([]string{"tcp", "http", "https"}, u.Scheme) {
		return reach{loopback, loopback}
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() == "" || u.Hostname() == "localhost" || err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		return reach{loopback, loopback}
	}
	return reach{u.Hostname(), everywhere}
}

func (r reach) remote() bool { return r.host != loopback }

// port is where the published ports of a container lead to it, or "". Docker says so
// of its own accord; Podman may name every interface, or none.
func (r reach) port(bindings []docker.PortBinding) string {
	for _, ip := range slices.Compact([]string{r.listen, everywhere, ""}) {
		for _, binding := range bindings {
			if binding.HostIP == ip && binding.HostPort != "" {
				return binding.HostPort
			}
		}
	}
	return ""
}

// fromHub is the name under which an image of Docker Hub is pulled here. Who must not
// reach the Hub has a mirror of it, and told testcontainers.
func fromHub(name string) string {
	return path.Join(os.Getenv("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX"), name)
}

// explicit is the name of an image of which testcontainers does not make another one.
func explicit(name string) string {
	if first, rest, ok := strings.Cut(name, "/"); ok && rest != "" && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return name
	} else if !ok {
		return "docker.io/library/" + name
	}
	return "docker.io/" + name
}
