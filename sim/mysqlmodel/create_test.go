package mysqlmodel

import "testing"

func TestATableYoungerThanTheSnapshotIsUnsupported(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	s, _ = logIn(t, s, 2)
	const create = "CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)"
	for _, said := range []struct {
		conn ConnID
		sql  string
	}{{1, "START TRANSACTION WITH CONSISTENT SNAPSHOT"}, {2, create}, {2, "INSERT INTO n VALUES (1)"}, {2, "SELECT * FROM n"}} {
		run(s, said.conn, said.sql)
	}
	if u := s.Unsupported(); len(u) > 0 {
		t.Fatalf("unsupported: %q", u)
	}
	if run(s, 1, "SELECT * FROM n"); len(s.Unsupported()) != 1 {
		t.Error("a transaction sees a table that its snapshot does not know")
	}
	if run(s, 1, "COMMIT"); len(s.Unsupported()) != 1 {
		t.Error("COMMIT is unsupported")
	}
	if run(s, 1, "SELECT * FROM n"); len(s.Unsupported()) != 1 {
		t.Error("the next snapshot does not know the table")
	}
}

func TestCreatingATableIsSeenByTheHash(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	before := s.Hash(0)
	clone := s.Clone()
	run(s, 1, "CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)")
	if s.Hash(0) == before {
		t.Error("the hash does not show a new table")
	}
	if clone.Hash(0) != before {
		t.Error("a clone has the table too")
	}
}

func TestFootprintOfCreatingATable(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	create := append([]byte{comQuery}, "CREATE TABLE IF NOT EXISTS n (chunk INT PRIMARY KEY)"...)
	if !s.Footprint(1, create).All {
		t.Error("a new table touches less than everything")
	}
	run(s, 1, string(create[1:]))
	if f := s.Footprint(1, create); f.All || len(f.Writes) > 0 {
		t.Errorf("a table that is there: %+v", f)
	}
}
