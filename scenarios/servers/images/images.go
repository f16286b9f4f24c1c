// Package images makes the Redis and MySQL images of the live world on a machine that cannot pull them.
//
// Build leaves an image in the local container engine that can be used like the well-known one of the same
// name: Redis takes the same arguments; MySQL takes the same arguments and the environment variables
// MYSQL_ROOT_PASSWORD, MYSQL_DATABASE, MYSQL_USER and MYSQL_PASSWORD. Both keep their data through a kill and a
// new start of the container.
//
// Limits: Build needs bash, the docker command with an engine behind it, mmdebstrap (which Prepare installs as
// root on Debian) and a Debian mirror. The packages are those of Debian unstable, so the versions are what it
// carries on the day. Initialisation scripts and the well-known images' other variables are not supported.
//
//	err := images.Prepare(ctx, os.Stderr)
//	...
//	err = images.Build(ctx, images.Redis, images.BuiltRedis, os.Stderr)
package images

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Kind says which server an image runs.
type Kind string

// The servers of the live world.
const (
	Redis Kind = "redis"
	MySQL Kind = "mysql"
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Redis, MySQL} }

// The well-known images, for machines that can pull them.
const (
	PulledRedis = "redis:8.0"
	PulledMySQL = "mysql:9.7"
)

// The tags of images that Build makes. They differ from the well-known ones, so that a report shows which was used.
const (
	BuiltRedis = "onceover/redis:8.0"
	BuiltMySQL = "onceover/mysql:9.7"
)

// Names returns the tags under which the image of a kind may be found: the well-known one, and that of Build.
func Names(kind Kind) (pulled, built string) {
	if kind == MySQL {
		return PulledMySQL, BuiltMySQL
	}
	return PulledRedis, BuiltRedis
}

// Label marks every image that Build makes; its value is "1".
const Label = "onceover.image"

// ErrBuild is in the chain of every error of Build.
var ErrBuild = errors.New("images: build failed")

// lastLines is how many lines of the build's output an error repeats.
const lastLines = 15

const (
	// cleanupTime is how long a cancelled build may take to remove its files before it is killed.
	cleanupTime = 10 * time.Second
	// installTime is how long dpkg may take to end what it has begun, because a broken-off installation
	// would leave the machine's packages broken.
	installTime = 2 * time.Minute
)

//go:embed build.sh redis-entrypoint.sh mysql-entrypoint.sh
var scripts embed.FS

// Unprepared tells whether Prepare has something to install.
func Unprepared() bool {
	_, err := exec.LookPath("mmdebstrap")
	return err != nil
}

// Prepare installs the Debian package mmdebstrap if it is missing, which takes a quarter of a minute. One caller on
// this machine does so at a time. It waits for up to five minutes while another program holds apt's locks. It needs
// root; without it the error says what to install. It prints and ends as Build does, but lets dpkg finish.
func Prepare(ctx context.Context, progress io.Writer) error {
	return Exclusive(ctx, "prepare", func() error {
		return script(ctx, installTime, progress, "prepare")
	})
}

// Build makes the image of the given kind and gives it the tag, which takes about half a minute. The output of
// the build goes to progress as it comes; an error repeats its last lines. When ctx ends, all
// processes of the build are stopped and its files removed.
func Build(ctx context.Context, kind Kind, tag string, progress io.Writer) error {
	if err := script(ctx, cleanupTime, progress, string(kind), tag); err != nil {
		return fmt.Errorf("%s: %w", tag, err)
	}
	return nil
}

// script runs build.sh, which has the given time to end when it is cancelled.
func script(ctx context.Context, grace time.Duration, progress io.Writer, args ...string) error {
	dir, err := writeScripts()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBuild, err)
	}
	defer os.RemoveAll(dir)

	var printed strings.Builder // a few kilobytes
	output := io.MultiWriter(&printed, progress)
	cmd := exec.CommandContext(ctx, "bash", append([]string{filepath.Join(dir, "build.sh")}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace

	err = cmd.Run()
	if err == nil {
		return nil
	}
	if cmd.Process != nil {
		// Whatever outlived bash; the error is that nothing did.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ErrBuild, context.Cause(ctx))
	}
	return fmt.Errorf("%w: %w\n%s", ErrBuild, err, lastOf(printed.String()))
}

// writeScripts puts the scripts into a new temporary folder.
func writeScripts() (dir string, err error) {
	dir, err = os.MkdirTemp("", "onceover-images-")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	// mmdebstrap as an ordinary user works under other user ids, which must be able to enter the folder.
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", err
	}
	return dir, os.CopyFS(dir, scripts)
}

func lastOf(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-lastLines):], "\n")
}
