package servers

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
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
