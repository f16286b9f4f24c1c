package check

import (
	"io"
	"os"
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
	defer m.close()
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

func TestSorterKeepsFewRuns(t *testing.T) {
	s := sorter{limit: 1, parent: t.TempDir()}
	defer s.close()
	const records = 3000
	for i := range records {
		if err := s.add(record{id: records - int64(i), place: uint64(i) << 1}); err != nil {
			t.Fatal(err)
		}
		if most := 3 * fanIn; len(s.runs) > most {
			t.Fatalf("%d runs after %d records", len(s.runs), i)
		}
	}
	if s.runs[0].level != 2 {
		t.Errorf("the oldest run is of level %d: runs are merged too often, or too seldom", s.runs[0].level)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(s.runs) || len(files) < 2 {
		t.Errorf("%d files for %d runs", len(files), len(s.runs))
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
	if err := os.Truncate(s.runs[0].path, recordSize+7); err != nil {
		t.Fatal(err)
	}
	m, err := s.sorted()
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	for range 5 {
		if _, err = m.next(); err != nil {
			break
		}
	}
	if err == nil || err == io.EOF {
		t.Errorf("a run that was cut short went unnoticed: %v", err)
	}
}
