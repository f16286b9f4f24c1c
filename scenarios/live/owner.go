package live

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Labels of every container that is started here.
const (
	placeLabel   = "onceover.place"   // where the number of a process means something
	ownerLabel   = "onceover.owner"   // number of the harness's process there
	startedLabel = "onceover.started" // when that process began: numbers are used again
)

// Owner is the process to which a container belongs.
type Owner struct {
	Place   string
	PID     int
	Started string // "" if that cannot be known
}

// OwnerOf describes a process of this place.
func OwnerOf(pid int) Owner {
	return Owner{Place: place(), PID: pid, Started: started(pid)}
}

// Labels mark a container as the owner's.
func (o Owner) Labels() map[string]string {
	return map[string]string{placeLabel: o.Place, ownerLabel: strconv.Itoa(o.PID), startedLabel: o.Started}
}

func ownerOf(labels map[string]string) (Owner, error) {
	pid, err := strconv.Atoi(labels[ownerLabel])
	return Owner{Place: labels[placeLabel], PID: pid, Started: labels[startedLabel]}, err
}

// gone tells whether the owner has ended. Of another place nobody here can know.
func (o Owner) gone() bool {
	if o.Place != place() {
		return false
	}
	err := syscall.Kill(o.PID, 0)
	if err != nil && !errors.Is(err, syscall.EPERM) {
		return true
	}
	return o.Started != started(o.PID)
}

// place is the machine, since it was last booted, and the namespace of processes:
// containers that share an engine may have the same hostname and the same numbers.
// What the system does not tell is left out.
func place() string {
	host, _ := os.Hostname()
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return fmt.Sprintf("%s/%s/%s", host, strings.TrimSpace(string(boot)), namespace)
}

// started is when a process began, in ticks since the boot: field 22 of
// proc(5)'s stat, counted behind the name, which may hold anything.
func started(pid int) string {
	const behindName = 22 - 3
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) <= behindName {
		return ""
	}
	return fields[behindName]
}
