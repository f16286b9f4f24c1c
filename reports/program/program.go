// Package program tells which program this is, as exactly as its build knows.
package program

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

// Tool names this program in results.
func Tool() reports.Tool {
	return reports.Tool{Name: "onceover", Version: Version(), Commit: stamp("vcs.revision"), Build: build()}
}

// Line is what --version prints.
func Line() string {
	line := "onceover " + Version()
	if c := stamp("vcs.revision"); c != "" {
		line += ", commit " + c
	}
	return fmt.Sprintf("%s, %s %s/%s", line, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// Version is the module's version, as the go command recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return reports.NoVersion
	}
	return info.Main.Version
}

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

// build is a digest of the executable, for programs whose version and commit are not
// enough: those built without either, or from files that were changed after the commit.
// It is "" if it is not needed or cannot be had.
var build = sync.OnceValue(func() string {
	if stamp("vcs.modified") != "true" && (stamp("vcs.revision") != "" || Version() != reports.NoVersion) {
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
