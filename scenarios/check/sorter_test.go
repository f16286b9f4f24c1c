package check

import (
	"io"
	"os"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSorterSortsWhateverFitsInMemory(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := sorter{limit: rapid.IntRange(1, 9).Draw(t, "limit"), parent: dir}
		defer s.close()
		ids := rapid.SliceOfN(rapid.Int64Range(-20, 20), 0, 300).Draw(t, "ids")
		var want []record
		for i, id := range ids {
			r := newRecord(keyed{id: id, digest: uint64(i) << 40, checked: i%2 == 0}, uint64(i))
			want = append(want, r)
			if err := s.add(r); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, record.compare)
		if got := drain(t, &s); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func drain(t *rapid.T, s *sorter) []record {
	m, err := s.sorted()
	if err != nil {
		t.Fatal(err)
	}
	var all []record
	for {
		r, err := m.next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
}

// However many runs there are, they are in one file and their buffers are small.
func TestSorterKeepsOneFile(t *testing.T) {
	dir := t.TempDir()
	s := sorter{limit: 1, parent: dir}
	defer s.close()
	const records = 3000
	for i := range records {
		if err := s.add(record{id: records - int64(i), place: uint64(i) << 1}); err != nil {
			t.Fatal(err)
		}
	}
	if s.runs != records-1 {
		t.Errorf("%d runs of one record each", s.runs)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("%d files for %d runs", len(files), s.runs)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := s.sorted(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / records; each > smallestBuffer+1024 {
		t.Errorf("a merge takes %d bytes for each run", each)
	}
}

func TestSorterNoticesAShortRun(t *testing.T) {
	s := sorter{limit: 2, parent: t.TempDir()}
	defer s.close()
	for i := range 5 {
		if err := s.add(record{id: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.file.Truncate(3*recordSize + 7); err != nil {
		t.Fatal(err)
	}
	m, err := s.sorted()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err = m.next(); err != nil {
			break
		}
	}
	if err == nil || err == io.EOF {
		t.Errorf("a run that was cut short went unnoticed: %v", err)
	}
}
