package mysqlmodel

import "testing"

func FuzzPacket(f *testing.F) {
	for _, sql := range statements {
		f.Add(query(sql))
	}
	f.Add([]byte{comStmtPrepare, 'S', 'E', 'L', 'E', 'C', 'T', ' ', '1'})
	f.Add([]byte{comStmtExecute, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 8, 0})
	f.Fuzz(func(t *testing.T, payload []byte) {
		s, _ := logIn(t, sample(t), 1, 2)
		s.Do(1, 0, 0, append([]byte{comStmtPrepare}, "SELECT id FROM t WHERE id = ?"...), nil)
		s.Footprint(1, payload)
		reply, _ := s.Do(1, 0, 0, payload, nil)
		if ends := boundaries(nil, reply); len(reply) > 0 && ends[len(ends)-1] != len(reply) {
			t.Errorf("reply %q is not made of packets", reply)
		}
	})
}
