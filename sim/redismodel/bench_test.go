package redismodel

import (
	"strconv"
	"testing"
)

func benchmarkCommand(b *testing.B, setup [][]string, command ...string) {
	s := New(Options{})
	id := s.Connect("127.0.0.1:1")
	for _, args := range setup {
		s.Do(id, 0, bytesOf(args...), nil)
	}
	args, reply := bytesOf(command...), make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		reply = s.Do(id, 0, args, reply[:0])
	}
}

func BenchmarkGet(b *testing.B) {
	benchmarkCommand(b, [][]string{{"SET", "k", "value"}}, "GET", "k")
}

func BenchmarkSet(b *testing.B) { benchmarkCommand(b, nil, "SET", "k", "value") }

func BenchmarkSetNXLost(b *testing.B) {
	benchmarkCommand(b, [][]string{{"SET", "k", "v"}}, "SET", "k", "token", "NX", "PX", "1000")
}

func BenchmarkGetBit(b *testing.B) {
	benchmarkCommand(b, [][]string{{"SETBIT", "k", "100", "1"}}, "GETBIT", "k", "100")
}

func BenchmarkSetBit(b *testing.B) { benchmarkCommand(b, nil, "SETBIT", "k", "100", "1") }

func BenchmarkClientList(b *testing.B) { benchmarkCommand(b, nil, "CLIENT", "LIST") }

const compareAndSet = `
if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 then return 0 end
redis.call('SETBIT', KEYS[2], ARGV[1], 1)
redis.call('LPUSH', KEYS[1], unpack(ARGV, 2))
return 1`

func BenchmarkEvalSHALost(b *testing.B) {
	benchmarkCommand(b, [][]string{{"SCRIPT", "LOAD", compareAndSet}, {"SETBIT", "bits", "7", "1"}},
		"EVALSHA", shaOf([]byte(compareAndSet)), "2", "rows", "bits", "7", "row")
}

func BenchmarkEvalSHAWon(b *testing.B) {
	s := New(Options{})
	id := s.Connect("127.0.0.1:1")
	s.Do(id, 0, bytesOf("SCRIPT", "LOAD", compareAndSet), nil)
	eval := bytesOf("EVALSHA", shaOf([]byte(compareAndSet)), "2", "rows", "bits", "7", "row 1", "row 2", "row 3")
	del := bytesOf("DEL", "rows", "bits")
	reply := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		reply = s.Do(id, 0, eval, reply[:0])
		reply = s.Do(id, 0, del, reply[:0])
	}
}

// A transaction as a worker sends it: MULTI, LPUSH of ten rows, SETBIT, EXEC.
func BenchmarkCommit(b *testing.B) {
	s := New(Options{})
	id := s.Connect("127.0.0.1:1")
	push := []string{"LPUSH", "rows"}
	for i := range 10 {
		push = append(push, `{"id":`+strconv.Itoa(i)+`,"payload":"x"}`)
	}
	commands := [][][]byte{bytesOf("MULTI"), bytesOf(push...), bytesOf("SETBIT", "bits", "7", "1"), bytesOf("EXEC"), bytesOf("DEL", "rows")}
	reply := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		for _, args := range commands {
			reply = s.Do(id, 0, args, reply[:0])
		}
	}
}

// loaded is a server in the middle of a simulated run.
func loaded() (*Server, ConnID) {
	s := New(Options{})
	var id ConnID
	for i := range 4 {
		id = s.Connect("127.0.0.1:" + strconv.Itoa(1000+i))
		s.Do(id, 0, bytesOf("CLIENT", "SETNAME", "chunk_"+strconv.Itoa(i)), nil)
	}
	for i := range 100 {
		s.Do(id, 0, bytesOf("LPUSH", "rows", `{"id":`+strconv.Itoa(i)+`}`), nil)
	}
	s.Do(id, 0, bytesOf("SETBIT", "bits", "40", "1"), nil)
	s.Do(id, 0, bytesOf("SET", "lock", "token", "PX", "1000"), nil)
	s.Do(id, 0, bytesOf("HSET", "owner", "1", "w1"), nil)
	return s, id
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(Options{}).Connect("127.0.0.1:1")
	}
}

func BenchmarkClone(b *testing.B) {
	s, _ := loaded()
	b.ReportAllocs()
	for b.Loop() {
		s.Clone()
	}
}

func BenchmarkHashAfterAWrite(b *testing.B) {
	s, id := loaded()
	set := bytesOf("SETBIT", "bits", "3", "1")
	var reply []byte
	b.ReportAllocs()
	for b.Loop() {
		reply = s.Do(id, 0, set, reply[:0])
		s.Hash(0)
	}
}
