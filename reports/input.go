package reports

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// The most that is read of a file that somebody has named. Real ones take a fraction.
const (
	MostOfText    = 1 << 20   // a plan of faults, or expectations
	MostOfLog     = 64 << 20  // a schedule
	MostOfResults = 256 << 20 // results, as JSON or inside a page
	MostOfHistory = 256 << 20
	mostEvents    = MostOfHistory / 128 // of a history; hardly any takes fewer bytes
)

// InputError says that a file is not read, because of what it is and not of what it holds.
type InputError struct{ Path, Why string }

func (e *InputError) Error() string { return e.Path + ": " + e.Why }

// OpenInput opens a file that the user has named, be it a pipe or a device: what is read
// of it ends with an error after so many bytes.
func OpenInput(path string, most int64) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &input{f, path, most, most}, nil
}

// OpenStored opens a file that results lead to. Anything but a plain file may have no end,
// or never begin.
func OpenStored(path string, most int64) (io.ReadCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &InputError{path, "it is no regular file"}
	}
	if info.Size() > most {
		return nil, tooLarge(path, most)
	}
	return OpenInput(path, most)
}

// ReadAll reads what OpenInput or OpenStored has opened, and closes it.
func ReadAll(in io.ReadCloser, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(in)
	return text, errors.Join(err, in.Close())
}

// input is a file of which no more than most bytes are read.
type input struct {
	*os.File
	path       string
	left, most int64
}

func (in *input) Read(into []byte) (int, error) {
	n, err := in.File.Read(into[:min(int64(len(into)), in.left+1)])
	if int64(n) > in.left {
		n, err = int(in.left), tooLarge(in.path, in.most)
	}
	in.left -= int64(n)
	return n, err
}

func tooLarge(path string, most int64) error {
	return &InputError{path, fmt.Sprintf("it is larger than %d MiB, the most that is read", most>>20)}
}
