package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Latest is the name of the link to the folder of the invocation that began last.
const Latest = "latest"

// Folder is the folder of one invocation, inside one that the user names. Each
// invocation has its own, so that nothing is ever overwritten.
type Folder struct{ Parent, Name string }

// Planned returns a folder that is named after the time, in UTC, and at random.
func Planned(parent string, began time.Time) Folder {
	return Folder{Parent: parent, Name: began.UTC().Format("20060102T150405Z") + "-" + strings.ToLower(rand.Text()[:10])}
}

// Create makes the folder.
func (f Folder) Create() error {
	if err := os.MkdirAll(f.Parent, 0o755); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(f.Parent, resultsFile)); err == nil {
		return fmt.Errorf("%s holds results itself; name the folder above it, or another", f.Parent)
	}
	link := filepath.Join(f.Parent, Latest)
	if there, err := os.Lstat(link); err == nil && there.Mode()&fs.ModeSymlink == 0 {
		return fmt.Errorf("%s is to become a link to the newest results, and is something else; move it away", link)
	}
	return os.Mkdir(f.Path(), 0o755)
}

// Hold takes the folder for this process until the file is closed, or the process ends
// in whatever way. fs.ErrExist is that another process has it.
func (f Folder) Hold() (*os.File, error) {
	held, err := os.Open(f.Path())
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, errors.Join(fs.ErrExist, held.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("take %s for this process: %w", f.Path(), err), held.Close())
	}
	return held, nil
}

// Path is where the folder is.
func (f Folder) Path() string { return filepath.Join(f.Parent, f.Name) }

// Publish points the link at this folder, in one step: it points at the older
// results or at these.
func (f Folder) Publish() error {
	part := filepath.Join(f.Parent, "."+Latest+"-"+f.Name)
	if err := os.Symlink(f.Name, part); err != nil {
		return fmt.Errorf("point %s at the results: %w", filepath.Join(f.Parent, Latest), err)
	}
	if err := os.Rename(part, filepath.Join(f.Parent, Latest)); err != nil {
		return fmt.Errorf("point %s at the results: %w", filepath.Join(f.Parent, Latest), errors.Join(err, os.Remove(part)))
	}
	return nil
}

// Withdraw removes the link if these results cannot be written: it would lead to those
// of an earlier invocation.
func (f Folder) Withdraw() error {
	link := filepath.Join(f.Parent, Latest)
	if there, err := os.Lstat(link); err != nil || there.Mode()&fs.ModeSymlink == 0 {
		return nil
	}
	return os.Remove(link)
}

// FolderOf is the folder in which results lie. For the link to the latest it is the
// folder itself, since the link will lead elsewhere one day.
func FolderOf(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", plain(err)
	}
	if !info.IsDir() {
		return filepath.Dir(name), nil
	}
	holds := func(folder string) bool {
		_, err := os.Stat(filepath.Join(folder, resultsFile))
		return !errors.Is(err, fs.ErrNotExist) // any other error is the reader's to say
	}
	parent := name
	if filepath.Base(name) == Latest {
		parent = filepath.Dir(name)
	} else if holds(name) {
		return name, nil
	}
	latest := filepath.Join(parent, Latest)
	if target, err := os.Readlink(latest); err == nil {
		return filepath.Join(parent, target), nil
	}
	if holds(latest) { // a copy, which has a folder in place of the link
		return latest, nil
	}
	return "", fmt.Errorf("%s: it holds no results.json, and no folder latest with one", name)
}

// Begun tells whether a folder is that of an invocation which was killed, or goes on, before it
// could write anything: Planned has named it, and it is empty.
func Begun(name string) bool {
	if !planned.MatchString(filepath.Base(name)) {
		return false
	}
	files, err := os.ReadDir(name)
	return err == nil && len(files) == 0
}

var planned = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-[a-z2-7]{10}$`)

// Resolved is the absolute path without links, as far as it exists: from there,
// .. leads where it seems to.
func Resolved(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for rest := ""; ; rest = filepath.Join(filepath.Base(path), rest) {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Join(real, rest)
		}
		path = filepath.Dir(path)
	}
}
