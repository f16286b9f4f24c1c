package wire_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"onceover/faults/wire"
)

// splitter cuts bytes into pieces of the sizes in cuts, over and over.
func splitter(cuts []byte) func(turn) [][]byte {
	return func(t turn) (pieces [][]byte) {
		for i, b := 0, t.bytes; len(b) > 0; i++ {
			k := 1
			if len(cuts) > 0 {
				k = min(len(b), 1+int(cuts[i%len(cuts)]))
			}
			pieces, b = append(pieces, b[:k]), b[k:]
		}
		return pieces
	}
}

func FuzzRESPRequests(f *testing.F) {
	for _, seed := range []string{"*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n", "*0\r\n\r\nset k \"\\x00 b\" 'c'\r\n", "*1\r\n$9\r\nSUBSCRIBE\r\n*-1\r\n"} {
		f.Add([]byte(seed), []byte{0})
		f.Add([]byte(seed), []byte{2, 5})
	}
	f.Fuzz(func(t *testing.T, b, cuts []byte) {
		turns := []turn{client(b)}
		sameFound(t, play(wire.RESP, turns, splitter(cuts)).found, play(wire.RESP, turns, whole).found)
		args, n, err := wire.ParseCommand(b)
		if n < 0 || n > len(b) || n > 0 && err != nil || n == 0 && args != nil {
			t.Fatalf("%d of %d bytes, %q, error %v", n, len(b), args, err)
		}
	})
}

func FuzzRESPReplies(f *testing.F) {
	for _, seed := range []string{"+OK\r\n$3\r\na\r\n\r\n", "*2\r\n:1\r\n%1\r\n+a\r\n_\r\n>1\r\n#t\r\n", "|1\r\n+a\r\n+b\r\n~1\r\n,1.5\r\n"} {
		f.Add([]byte(seed), []byte{0})
		f.Add([]byte(seed), []byte{2, 5})
	}
	f.Fuzz(func(t *testing.T, b, cuts []byte) {
		turns := []turn{client([]byte("A\nB\nC\n")), server(b)}
		sameFound(t, play(wire.RESP, turns, splitter(cuts)).found, play(wire.RESP, turns, whole).found)
		n, _, err := wire.MeasureReply(b)
		if n < 0 || n > len(b) || n > 0 && err != nil {
			t.Fatalf("%d of %d bytes, error %v", n, len(b), err)
		}
		again, _, _ := wire.MeasureReply(b[:n])
		if again != n {
			t.Fatalf("a frame of %d bytes alone measures %d", n, again)
		}
	})
}

// FuzzMySQL makes turns of the bytes between two marks, which follow a beginning; the server speaks first.
func FuzzMySQL(f *testing.F) {
	mark := []byte{0xaa, 0x55}
	beginnings := [][]turn{nil, admitted(plain), admitted(deprecateEOF), admitted(optionalMetadata)}
	add := func(beginning uint8, turns []turn) {
		var parts [][]byte
		for _, t := range turns {
			if t.client != (len(parts)%2 == 1) {
				parts = append(parts, nil)
			}
			parts = append(parts, t.bytes)
		}
		f.Add(beginning, bytes.Join(parts, mark), []byte{0})
		f.Add(beginning, bytes.Join(parts, mark), []byte{3, 30})
	}
	names, err := filepath.Glob("testdata/mysql-*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		add(0, readRecording(f, name)[:9])
	}
	add(1, []turn{command("\x03S"), answer("\x01", definition, eofPacket, "\x011", eofMore, okPacket)})
	add(1, []turn{command("\x16S ?"), answer("\x00\x01\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00", definition, eofPacket, definition, eofPacket)})
	add(2, []turn{command("\x03S"), answer("\x01", definition, "\x011", okEndMore, okPacket), command("\x11root\x00")})
	add(3, []turn{command("\x03S"), answer("\x01\x00", "\x011", okEnd), command("\x01")})
	f.Fuzz(func(t *testing.T, beginning uint8, b, cuts []byte) {
		turns := slices.Clone(beginnings[int(beginning)%len(beginnings)])
		for i, part := range bytes.Split(b, mark) {
			turns = append(turns, turn{i%2 == 1, part})
		}
		sameFound(t, play(wire.MySQL, turns, splitter(cuts)).found, play(wire.MySQL, turns, whole).found)
	})
}
