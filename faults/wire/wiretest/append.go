// Package wiretest writes what clients and servers send, for tests.
package wiretest

import "fmt"

// AppendCommand appends a request: an array of bulk strings.
func AppendCommand[S ~string | ~[]byte](dst []byte, args ...S) []byte {
	dst = AppendArray(dst, len(args))
	for _, a := range args {
		dst = AppendBulk(dst, a)
	}
	return dst
}

// AppendSimple appends a simple string, which must not hold CR or LF.
func AppendSimple(dst []byte, s string) []byte { return fmt.Appendf(dst, "+%s\r\n", s) }

// AppendError appends an error reply; msg begins with its code (ERR, WRONGTYPE …) and must not hold CR or LF.
func AppendError(dst []byte, msg string) []byte { return fmt.Appendf(dst, "-%s\r\n", msg) }

// AppendInt appends an integer reply.
func AppendInt(dst []byte, n int64) []byte { return fmt.Appendf(dst, ":%d\r\n", n) }

// AppendBulk appends a bulk string.
func AppendBulk[S ~string | ~[]byte](dst []byte, s S) []byte {
	return fmt.Appendf(dst, "$%d\r\n%s\r\n", len(s), s)
}

// AppendArray appends the head of an array; its elements follow.
func AppendArray(dst []byte, elements int) []byte { return fmt.Appendf(dst, "*%d\r\n", elements) }

// AppendPush appends the head of a RESP3 push frame, which is no reply; its elements follow.
func AppendPush(dst []byte, elements int) []byte { return fmt.Appendf(dst, ">%d\r\n", elements) }

// AppendPacket appends a payload as one packet, or as several if it is too long for one. Sequence numbers begin at seq;
// those of a request begin at 0 and those of its reply at 1.
func AppendPacket(dst []byte, seq byte, payload []byte) []byte {
	const most = 1<<24 - 1 // bytes of a packet; one of that many goes on in the next
	for {
		k := min(len(payload), most)
		dst = append(dst, byte(k), byte(k>>8), byte(k>>16), seq)
		dst = append(dst, payload[:k]...)
		payload = payload[k:]
		seq++
		if k < most {
			return dst
		}
	}
}
