package wire

// MeasureReply returns the length of the first frame of buf, RESP2 or RESP3, with the attributes before it. n == 0
// without an error asks for more bytes. A push frame is measured like the others, but is no reply to any request.
func MeasureReply(buf []byte) (n int, push bool, err error) {
	var s replyScanner
	n, done, err := s.scan(buf)
	if !done {
		n = 0
	}
	return n, s.push && done, err
}
