package main

import (
	"runtime"
	"syscall"
)

// mostMemory is the most that this process had in memory until now, in bytes; 0: unknown.
func mostMemory() int64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" { // getrusage(2) counts bytes there, and kibibytes elsewhere
		return int64(used.Maxrss)
	}
	return int64(used.Maxrss) << 10
}
