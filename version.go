package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"onceover/reports"
)

// versionLine is what --version prints.
func versionLine() string {
	line := "onceover " + version()
	if c := commit(); c != "" {
		line += ", commit " + c
	}
	return fmt.Sprintf("%s, %s %s/%s", line, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version is the module's version, as the go command recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return reports.NoVersion
	}
	return info.Main.Version
}

// commit is the revision that the program was built from, or "".
func commit() string { return stamp("vcs.revision") }

// stamp is what the go command recorded of a build, or "".
func stamp(key string) string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == key {
			return setting.Value
		}
	}
	return ""
}

// build tells programs apart that their version and commit do not: those built
// without either, or from files that were changed after the commit. It is a digest
// of the executable, or "" where it is not needed or cannot be had.
var build = sync.OnceValue(func() string {
	if stamp("vcs.modified") != "true" && (commit() != "" || version() != reports.NoVersion) {
		return ""
	}
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, f); err != nil {
		return ""
	}
	return hex.EncodeToString(digest.Sum(nil)[:8])
})
