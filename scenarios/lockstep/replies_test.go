package lockstep

import (
	"bytes"
	"testing"
)

func TestABeginningLacksTheLastRow(t *testing.T) {
	packet := func(text string) []byte { return append([]byte{byte(len(text)), 0, 0, 0}, text...) }
	for _, c := range []struct{ answer, want [][]byte }{
		{[][]byte{packet("2"), packet("id"), packet("row 1"), packet("row 2"), packet("end")}, [][]byte{packet("2"), packet("id"), packet("row 1")}},
		{[][]byte{packet("1"), packet("row"), packet("end")}, [][]byte{packet("1")}},
		{[][]byte{packet("okok")}, [][]byte{packet("okok")[:4]}},
	} {
		if got := beginning(bytes.Join(c.answer, nil)); !bytes.Equal(got, bytes.Join(c.want, nil)) {
			t.Errorf("%q of %q", got, c.answer)
		}
	}
}
