package servers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Labels of every container that is started here.
const (
	hostLabel    = "onceover.host"    // name of the machine, or of the container
	bootLabel    = "onceover.boot"    // since when the machine runs
	placeLabel   = "onceover.place"   // the namespace in which the number of a process means something
	ownerLabel   = "onceover.owner"   // number of the harness's process there
	startedLabel = "onceover.started" // when that process began: numbers are used again
)

// Owner is the process to which a container belongs.
type Owner struct {
	Host    string
	Boot    string
	Place   string
	PID     int
	Started string // "" if that cannot be known
}

// OwnerOf describes a process of this place.
func OwnerOf(pid int) Owner {
	return Owner{Host: hostname(), Boot: boot(), Place: place(), PID: pid, Started: started(pid)}
}

// Labels mark a container as the owner's.
func (o Owner) Labels() map[string]string {
	return map[string]string{hostLabel: o.Host, bootLabel: o.Boot, placeLabel: o.Place, ownerLabel: strconv.Itoa(o.PID), startedLabel: o.Started}
}

func ownerOf(labels map[string]string) (Owner, error) {
	pid, err := strconv.Atoi(labels[ownerLabel])
	return Owner{Host: labels[hostLabel], Boot: labels[bootLabel], Place: labels[placeLabel], PID: pid, Started: labels[startedLabel]}, err
}

// String is the owner as one line of text, which [ParseOwner] reads.
func (o Owner) String() string {
	return fmt.Sprintf("onceover %q %q %q %d %q", o.Host, o.Boot, o.Place, o.PID, o.Started)
}

// ParseOwner reads what String has written.
func ParseOwner(text string) (o Owner, err error) {
	_, err = fmt.Sscanf(text, "onceover %q %q %q %d %q", &o.Host, &o.Boot, &o.Place, &o.PID, &o.Started)
	return o, err
}

// fate is what is known of an owner.
type fate int

const (
	unknown fate = iota
	living
	doubted // it may have ended: to be seen again
	ended
)

// Gone tells whether it is known that the owner has ended.
func (o Owner) Gone() bool { return o.fate() == ended }

// fate tells what is known of an owner from its process alone. That of another place
// on this machine, or of another machine, cannot be seen from here.
func (o Owner) fate() fate {
	if o.Host != hostname() || o.Boot != boot() || o.Place != place() {
		return unknown
	}
	if err := syscall.Kill(o.PID, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return ended
	}
	if fields := stat(o.PID); len(fields) > 0 && slices.Contains([]string{"Z", "X"}, fields[0]) {
		return ended // nobody has asked how; where process 1 is no init, nobody ever does
	}
	return sameProcess(o.Started, started(o.PID))
}

// before tells whether the owner is of another boot of this machine, or of another
// machine with its name. No process outlives the boot of its machine, and neither does
// a container, unless it is started again.
func (o Owner) before() bool { return o.Host == hostname() && o.Boot != boot() }

// sameProcess tells whether a process that began then lives on in one that began now.
// An empty value decides nothing: the system may hide processes from other users.
func sameProcess(then, now string) fate {
	switch {
	case then == "" || now == "":
		return unknown
	case then != now:
		return ended
	}
	return living
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

// boot tells one boot of the machine from another, or is "" where the system does not.
func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

// place is the namespace of processes, or "": containers that share an engine may have
// the same hostname and the same numbers.
func place() string {
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return namespace
}

// started is when a process began, in ticks since the boot, or "".
func started(pid int) string {
	const behindName = 22 - 3
	if fields := stat(pid); len(fields) > behindName {
		return fields[behindName]
	}
	return ""
}

// stat is what proc(5)'s stat says of a process from field 3 on, its state: the name before
// that may hold anything.
func stat(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}
