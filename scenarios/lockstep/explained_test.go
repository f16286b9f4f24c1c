package lockstep

import (
	"onceover/reports"
	"onceover/scenarios"
)

const (
	dup  = reports.Duplicated
	lost = reports.Lost
)

// explained are traces with what is to be said of them. Only the mechanism that is named may see anything in
// one; a near miss looks like another, and is not.
var explained = []struct {
	name      string
	mechanism string // "": none
	near      string
	verdict   reports.Verdict
	row       int64
	trace     string
	want      string
}{
	{"a reply is lost, and the push is sent again", "resent", "", dup, 1, `
		w0 lose-reply: RPUSH rows 1 2 => :2 + 1 2
		w0 RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w0 sent RPUSH again, word for word, because the reply to the first was lost, and the first had been executed"},
	{"a reply is lost, and the rows are pushed in another order", "resent", "", dup, 1, `
		w0 lose-reply: RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w0 GETBIT done 1 => :0
		w0 RPUSH rows 2 1; SETBIT done 0 1 => *2 + 1 2`[1:],
		"w0 pushed the same rows again with MULTI{RPUSH, SETBIT} because the reply to the first was lost, and the first had been executed"},
	{"the reply was not lost", "", "resent", dup, 1, `
		w0 RPUSH rows 1 2 => :2 + 1 2
		w0 RPUSH rows 1 2 => :4 + 1 2`[1:], ""},
	{"a look shows that it was not marked", "push and mark apart", "resent", dup, 1, `
		w0 lose-reply: RPUSH rows 1 2 => :2 + 1 2
		w0 GETBIT done 0 => :0
		w0 RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w0 lost its connection after RPUSH in step 1, which does not set done, where w0 looked in step 2; so nobody could know that the rows had arrived"},
	{"other rows are pushed", "", "resent", dup, 2, `
		w0 lose-reply: RPUSH rows 1 2 => :2 + 1 2
		w0 RPUSH rows 2 3 => :4 + 2 3`[1:], ""},
	{"another life pushes", "", "resent", dup, 1, `
		w0 lose-reply: RPUSH rows 1 2 => :2 + 1 2
		w0 fails
		w0' RPUSH rows 1 2 => :4 + 1 2`[1:], ""},

	{"dies between push and mark", "push and mark apart", "", dup, 1, `
		w0 RPUSH rows 1 2 => :2 + 1 2
		w0 kill-before: SETBIT done 0 1
		w0' GETBIT done 0 => :0
		w0' RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w0 died between RPUSH and SETBIT, which are two requests; nobody could know that the rows had arrived"},
	{"dies with the reply to the push", "push and mark apart", "", dup, 1, `
		w0 kill-after: RPUSH rows 1 2 => :2 + 1 2
		w1 GETBIT done 0 => :0
		w1 RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w0 died after RPUSH in step 1, which does not set done, where w1 looked in step 2; so nobody could know that the rows had arrived"},
	{"is cut off between push and mark, and fails", "push and mark apart", "", dup, 1, `
		w0 RPUSH rows 1 2 => :2 + 1 2
		w0 cut: SETBIT done 0 1
		w0 fails
		w0' GETBIT done 0 => :0
		w0' RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w0 failed between RPUSH and SETBIT, which are two requests, since its connection was cut; nobody could know that the rows had arrived"},
	{"another looks between push and mark", "push and mark apart", "", dup, 1, `
		w0 RPUSH rows 1 2 => :2 + 1 2
		w1 GETBIT done 0 => :0
		w0 SETBIT done 0 1
		w1 RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w1 looked at done in step 2, after RPUSH of w0 in step 1, which does not set it, and before anything did"},
	{"push and mark are one, and nobody looks", "", "push and mark apart", dup, 1, `
		w0 kill-after: RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w0' GETBIT done 1 => :0
		w0' RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:], ""},

	{"looks, and then takes the lock", "looked before the lock", "", dup, 1, `
		w0 GETBIT done 0 => :0
		w1 GETBIT done 0 => :0
		w1 SET lock:0 w1 NX PX 2000 => +OK
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w1 DEL lock:0
		w0 SET lock:0 w0 NX PX 2000 => +OK
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:],
		"w0 looked at done in step 1, before it took the lock lock:0 in step 6, and not again after that; meanwhile w1 pushed the rows in step 4"},
	{"looks without a lock", "looked before the lock", "", dup, 1, `
		w0 SELECT done FROM chunks WHERE chunk = 0 => 0
		w1 SELECT done FROM chunks WHERE chunk = 0 => 0
		w1 RPUSH rows 1 2 => :2 + 1 2
		w1 UPDATE chunks SET done = 1 WHERE chunk = 0 => OK
		w0 RPUSH rows 1 2 => :4 + 1 2`[1:],
		"w0 looked at chunks in step 1, and not again before it pushed; meanwhile w1 pushed the rows in step 3, and nothing kept the two apart"},
	{"looks again behind the lock", "", "looked before the lock", dup, 1, `
		w0 GETBIT done 0 => :0
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w0 SET lock:0 w0 NX => +OK
		w0 GETBIT done 0 => :1
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:], ""},

	{"the name goes with the connection", "name lost", "", dup, 1, `
		w0 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=
		w0 cut: GETBIT done 0
		w0 loses chunk_0
		w1 CLIENT LIST; CLIENT SETNAME chunk_0 => id=2 name=
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:],
		"w0 lost its connection in step 2, and with it the name chunk_0, its lock; w1 took the name in step 3, and w0 went on and pushed all the same"},
	{"the name is taken when its work is done", "", "name lost", dup, 1, `
		w0 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=
		w0 cut: GETBIT done 0
		w0 loses chunk_0
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w1 CLIENT LIST; CLIENT SETNAME chunk_0 => id=2 name=
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:], ""},
	{"the name goes with its worker", "", "name lost", dup, 1, `
		w0 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=
		w0 kill-after: RPUSH rows 1 2 => :2 + 1 2
		w0 loses chunk_0
		w1 CLIENT LIST; CLIENT SETNAME chunk_0 => id=2 name=
		w1 RPUSH rows 1 2 => :4 + 1 2`[1:], ""},

	{"the lease runs out", "lock ran out", "", dup, 1, `
		w0 SET lock:0 w0 NX PX 100 => +OK
		nobody pause-past-leases: 
		w1 SET lock:0 w1 NX PX 100 => +OK
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:],
		"the lock lock:0 of w0 ran out in the pause of step 2, w1 took it in step 3, and the MULTI{RPUSH, SETBIT} of w0 in step 5 did not ask who holds it"},
	{"a push asks who holds the lease", "", "lock ran out", dup, 1, `
		w0 SET lock:0 w0 NX PX 100 => +OK
		w1 SET lock:0 w1 NX PX 100 => +OK
		w1 EVAL push 2 rows lock:0 w1 1 2 + 1 2
		w0 EVAL push 2 rows lock:0 w0 1 2 + 1 2`[1:], ""},

	{"the lock of another is deleted", "lock of another deleted", "", dup, 1, `
		w0 SET lock:0 w0 NX => +OK
		w1 SET lock:0 w1 NX => $-1
		w1 DEL lock:0
		w1 SET lock:0 w1 NX => +OK
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:],
		"w1 deleted the lock lock:0 in step 3, which w0 had taken in step 1; so w1 could take it in step 4"},
	{"the lock was taken by whoever deletes it", "lock ran out", "lock of another deleted", dup, 1, `
		w0 SET lock:0 w0 NX PX 9 => +OK
		w1 SET lock:0 w1 NX PX 9 => +OK
		w1 RPUSH rows 1 2 => :2 + 1 2
		w1 DEL lock:0
		w0 RPUSH rows 1 2 => :4 + 1 2`[1:],
		"the lock lock:0 of w0 ran out, w1 took it in step 2, and the RPUSH of w0 in step 5 did not ask who holds it"},
	{"the lock is deleted by its owner", "", "lock of another deleted", dup, 1, `
		w0 SET lock:0 w0 NX => +OK
		w0 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2
		w0 DEL lock:0
		w1 SET lock:0 w1 NX => +OK
		w1 RPUSH rows 1 2; SETBIT done 0 1 => *2 + 1 2`[1:], ""},

	{"chunks overlap", "chunks overlap", "", dup, 2, `
		w0 RPUSH rows 1 2 => :2 + 1 2
		w0 RPUSH rows 2 3 => :4 + 2 3`[1:],
		"the chunks overlap: row 2 is in two of them, 1 to 2 and 2 to 3"},
	{"chunks do not overlap where something went wrong", "", "chunks overlap", dup, 2, `
		w0 cut: GETBIT done 0
		w0 RPUSH rows 1 2 => :2 + 1 2
		w0 RPUSH rows 2 3 => :4 + 2 3`[1:], ""},
	{"the same chunk twice is no overlap", "", "chunks overlap", dup, 2, `
		w0 RPUSH rows 1 2 => :2 + 1 2
		w1 RPUSH rows 1 2 => :4 + 1 2`[1:], ""},

	{"chunks leave a gap", "gap between chunks", "", lost, 1, `
		w0 SELECT id FROM items WHERE id > 1 AND id < 3 => `[1:] + scenarios.Payload(2) + `
		w0 RPUSH rows 2 => :1 + 2
		w0 ends`,
		"the chunks leave a gap: MySQL was never asked for row 1, although 2 came in step 2"},
	{"a row is read and not pushed", "", "gap between chunks", lost, 1, `
		w0 SELECT id FROM items WHERE id > 0 AND id < 3 => `[1:] + scenarios.Payload(1) + scenarios.Payload(2) + `
		w0 RPUSH rows 2 => :1 + 2
		w0 ends`, ""},
	{"a row is missing where something went wrong", "", "gap between chunks", lost, 1, `
		w0 lose-reply: RPUSH rows 2 => :1 + 2
		w0 ends`[1:], ""},

	{"marks, and dies before it pushes", "mark before push", "", lost, 1, `
		w0 GETBIT done 0 => :0
		w0 SETBIT done 0 1 => :0
		w0 kill-before: RPUSH rows 1 2
		w0' GETBIT done 0 => :1
		w0' ends`[1:],
		"w0 marked chunk 0 as done (SETBIT) in step 2 and died before it pushed the rows"},
	{"a counter hands chunks out", "mark before push", "", lost, 3, `
		w1 INCR next => :1
		w0 INCR next => :2
		w0 kill-before: SELECT id FROM items WHERE id >= 3
		w1 RPUSH rows 1 2 + 1 2
		w1 INCR next => :3
		w1 ends
		w0' INCR next => :4
		w0' ends`[1:],
		"w0 took chunk 1 from next (INCR) in step 2 and died before it pushed the rows"},
	{"a counter counts something else", "", "mark before push", lost, 1, `
		w0 INCR tries => :5
		w0 kill-before: RPUSH rows 1 2
		w1 INCR tries => :6
		w1 RPUSH rows 3 4 + 3 4
		w1 INCR tries => :7
		w1 ends`[1:], ""},
	{"nobody asks for the mark again", "", "mark before push", lost, 1, `
		w0 HSET state 0 loading => :1
		w0 kill-before: RPUSH rows 1 2
		w0' ends`[1:], ""},
	{"a stream is told too early", "mark before push", "", lost, 1, `
		w0 XREADGROUP GROUP g w0 COUNT 1 STREAMS todo > => 17-0 chunk 0
		w0 XACK todo g 17-0
		w0 cut: RPUSH rows 1 2
		w0 fails
		w0' XREADGROUP GROUP g w0 COUNT 1 STREAMS todo > => *-1
		w0' ends`[1:],
		"w0 acknowledged chunk 0 (XACK) in step 2 and failed before it pushed the rows"},
	{"a flag in MySQL is set too early", "mark before push", "", lost, 1, `
		w0 UPDATE progress SET done = 1 WHERE chunk = 0 => OK
		w0 kill-before: RPUSH rows 1 2
		w0' SELECT done FROM progress WHERE chunk = 0 => 1
		w0' ends`[1:],
		"w0 marked chunk 0 as done (UPDATE) in step 1 and died before it pushed the rows"},
	{"the mark is of another chunk", "", "mark before push", lost, 3, `
		w0 SETBIT done 0 1 => :0
		w0 kill-before: RPUSH rows 1 2
		w0' ends`[1:], ""},
	{"the rows were pushed after the mark", "", "mark before push", lost, 2, `
		w0 SETBIT done 0 1 => :0
		w0 RPUSH rows 1 => :1 + 1
		w0 kill-before: SETBIT done 1 1
		w0' ends`[1:], ""},

	{"passes over a chunk whose holder dies", "passed over", "", lost, 1, `
		w0 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=
		w1 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=chunk_0
		w0 kill-before: SELECT id FROM items WHERE id >= 1
		w0 loses chunk_0
		w1 ends
		w0' CLIENT LIST; CLIENT SETNAME chunk_0 => id=2 name=chunk_0
		w0' ends`[1:],
		"w1 passed over chunk 0 in step 2, since somebody had its lock chunk_0; w0 had it and died in step 3 before it pushed the rows, and nobody came back to them"},
	{"the holder does not die", "", "passed over", lost, 1, `
		w0 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=
		w1 CLIENT LIST; CLIENT SETNAME chunk_0 => id=1 name=chunk_0
		w0 ends
		w1 ends`[1:], ""},

	{"takes half a result for all of it", "half a result", "", lost, 2, `
		w0 mysql-cut-middle: SELECT id FROM items WHERE id >= 1 => 1
		w0 RPUSH rows 1; SETBIT done 0 1 => *2 + 1
		w0 ends`[1:],
		"the answer of MySQL to SELECT broke off in step 1, and w0 took that for the end of the rows: it went on with MULTI{RPUSH, SETBIT} in step 2"},
	{"half a result, and nothing is done with it", "", "half a result", lost, 2, `
		w0 mysql-cut-middle: SELECT id FROM items WHERE id >= 1 => 1
		w0 fails
		w0' ends`[1:], ""},
}
