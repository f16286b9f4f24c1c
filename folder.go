package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// latest is the name of the link to the folder of the invocation that began last.
const latest = "latest"

// folder is that of one invocation, inside the one that --out names. Each
// invocation has its own, so that nothing is ever overwritten.
type folder struct{ parent, name string }

// plannedFolder is a folder that is named after the time, in UTC, and at random.
func plannedFolder(parent string, began time.Time) folder {
	return folder{parent: parent, name: began.UTC().Format("20060102T150405Z") + "-" + strings.ToLower(rand.Text()[:10])}
}

// newFolder plans a folder and creates it.
func newFolder(parent string, began time.Time) (folder, error) {
	f := plannedFolder(parent, began)
	return f, f.create()
}

func (f folder) create() error {
	if err := os.MkdirAll(f.parent, 0o755); err != nil {
		return usagef("--out: %w", err)
	}
	if _, err := os.Stat(filepath.Join(f.parent, resultsFile)); err == nil {
		return usagef("--out: %s holds results itself; name the folder above it, or another", f.parent)
	}
	link := filepath.Join(f.parent, latest)
	if there, err := os.Lstat(link); err == nil && there.Mode()&fs.ModeSymlink == 0 {
		return usagef("--out: %s is to become a link to the newest results, and is something else; move it away", link)
	}
	if err := os.Mkdir(f.path(), 0o755); err != nil {
		return usagef("--out: %w", err)
	}
	return nil
}

func (f folder) path() string { return filepath.Join(f.parent, f.name) }

// publish points the link at this folder, in one step: it points at the older
// results or at these.
func (f folder) publish() error {
	part := filepath.Join(f.parent, "."+latest+"-"+f.name)
	if err := os.Symlink(f.name, part); err != nil {
		return fmt.Errorf("point %s at the results: %w", filepath.Join(f.parent, latest), err)
	}
	if err := os.Rename(part, filepath.Join(f.parent, latest)); err != nil {
		return fmt.Errorf("point %s at the results: %w", filepath.Join(f.parent, latest), errors.Join(err, os.Remove(part)))
	}
	return nil
}

// withdraw takes the link away where these results cannot be written: it would
// lead to those of an earlier invocation, which this one does not bear out.
func (f folder) withdraw() error {
	link := filepath.Join(f.parent, latest)
	if there, err := os.Lstat(link); err != nil || there.Mode()&fs.ModeSymlink == 0 {
		return nil
	}
	return os.Remove(link)
}
