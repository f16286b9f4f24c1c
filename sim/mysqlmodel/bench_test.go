package mysqlmodel

import (
	"context"
	"fmt"
	"testing"
)

// tenRows is a server with a table of ten rows, and what a client of go-sql-driver sends to log in.
func tenRows(b testing.TB) (s *Server, handshake []byte) {
	s = New()
	def := Table{Database: "app", Name: "t", Columns: []Column{
		{Name: "id", SQLType: "bigint", Key: "PRI"}, {Name: "payload", SQLType: "varchar(255)", Nullable: true},
	}}
	for i := range 10 {
		def.Rows = append(def.Rows, []any{i, fmt.Sprintf("payload of row %d", i)})
	}
	if err := s.CreateTable(def); err != nil {
		b.Fatal(err)
	}
	return s, logInPacket("app")
}

func logInPacket(database string) []byte {
	p := packets{}
	p.uint32(required | clientConnectWithDB)
	p.uint32(0)
	p.byte(45)
	p.raw(string(make([]byte, 23)) + "user\x00\x00" + database + "\x00" + authPlugin + "\x00")
	return p.buf
}

func query(sql string) []byte { return append([]byte{comQuery}, sql...) }

func BenchmarkOpenConnection(b *testing.B) {
	s, handshake := tenRows(b)
	names, zone := query("SET NAMES utf8mb4"), query("SET time_zone = '+00:00'")
	var reply []byte
	b.ReportAllocs()
	for b.Loop() {
		reply = s.Connect(1, reply[:0])
		reply, _ = s.Do(1, 0, 1, handshake, reply[:0])
		reply, _ = s.Do(1, 0, 0, names, reply[:0])
		reply, _ = s.Do(1, 0, 0, zone, reply[:0])
		s.Disconnect(1)
	}
}

func BenchmarkSelectTenRows(b *testing.B) {
	s, handshake := tenRows(b)
	reply := s.Connect(1, nil)
	reply, _ = s.Do(1, 0, 1, handshake, reply[:0])
	for name, sql := range map[string][2]string{
		"same text":  {"SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 0 AND 9 ORDER BY `id`", "SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 0 AND 9 ORDER BY `id`"},
		"other text": {"SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 0 AND 9 ORDER BY `id`", "SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 0 AND 10 ORDER BY `id`"},
	} {
		b.Run(name, func(b *testing.B) {
			statements := [2][]byte{query(sql[0]), query(sql[1])}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				reply, _ = s.Do(1, 0, 0, statements[i%2], reply[:0])
			}
		})
	}
}

// BenchmarkChunk is what the loader asks for one chunk.
func BenchmarkChunk(b *testing.B) {
	s, handshake := tenRows(b)
	reply := s.Connect(1, nil)
	reply, _ = s.Do(1, 0, 1, handshake, reply[:0])
	var statements [][]byte
	for _, sql := range []string{
		"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
		"SELECT COUNT(*) FROM `t` WHERE `id` BETWEEN 0 AND 9",
		"SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 0 AND 9 ORDER BY `id`",
		"COMMIT",
	} {
		statements = append(statements, query(sql))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range statements {
			reply, _ = s.Do(1, 0, 0, q, reply[:0])
		}
	}
}

func BenchmarkFootprint(b *testing.B) {
	s, handshake := tenRows(b)
	s.Connect(1, nil)
	s.Do(1, 0, 1, handshake, nil)
	q := query("SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 0 AND 9 ORDER BY `id`")
	b.ReportAllocs()
	for b.Loop() {
		s.Footprint(1, q)
	}
}

func BenchmarkCloneAndHash(b *testing.B) {
	s, handshake := tenRows(b)
	for id := range ConnID(3) {
		s.Connect(id+1, nil)
		s.Do(id+1, 0, 1, handshake, nil)
	}
	b.Run("clone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Clone()
		}
	})
	b.Run("hash", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Hash(0)
		}
	})
}

// BenchmarkDriver includes go-sql-driver and the in-memory connection of the tests.
func BenchmarkDriver(b *testing.B) {
	s, _ := tenRows(b)
	db := open(b, newHost(s), utf8mb4)
	conn, err := db.Conn(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		rows, err := conn.QueryContext(context.Background(), "SELECT id, payload FROM t WHERE id BETWEEN 0 AND 9 ORDER BY id")
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		rows.Close()
	}
}
