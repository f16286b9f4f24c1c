package reports

import (
	"fmt"
	"regexp"
	"strconv"
)

// Shard is a share of work that is numbered from 0 on, such as the runs of a campaign:
// every Of-th piece, so that pieces that follow each other go to different shards. The
// zero value is not divided: it has everything.
//
// The shards of one N have every piece once, and as many pieces as each other, or one
// more or less.
type Shard struct {
	Index int // from 1 to Of
	Of    int
}

// mostShards is more than anybody has machines for one campaign.
const mostShards = 1000

var shardForm = regexp.MustCompile(`^([0-9]+)/([0-9]+)$`)

// ParseShard reads the form I/N in which a shard is printed.
func ParseShard(text string) (Shard, error) {
	form := shardForm.FindStringSubmatch(text)
	if form == nil {
		return Shard{}, fmt.Errorf("%q is not of the form I/N, such as 2/4", text)
	}
	index, err := strconv.Atoi(form[1])
	of, ofErr := strconv.Atoi(form[2])
	s := Shard{index, of}
	switch {
	case err != nil || ofErr != nil || of > mostShards:
		return Shard{}, fmt.Errorf("%q: there are at most %d shards", text, mostShards)
	case of == 0:
		return Shard{}, fmt.Errorf("%q: there has to be a shard", text)
	case index < 1 || index > of:
		return Shard{}, fmt.Errorf("%q: the shards of %d are 1/%d to %d/%d", text, of, of, of, of)
	}
	return s, nil
}

// String is the form that ParseShard reads; "" if nothing is divided.
func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// Mine tells whether the shard has piece number k, from 0 on.
func (s Shard) Mine(k int) bool { return s.Of == 0 || k%s.Of == s.Index-1 }

// Share is how many of so many pieces the shard has.
func (s Shard) Share(pieces int) int {
	if s.Of == 0 {
		return pieces
	}
	return max(0, (pieces-s.Index+s.Of)/s.Of)
}
