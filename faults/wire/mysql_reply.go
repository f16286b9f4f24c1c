package wire

import "fmt"

// Status flags of OK and EOF packets.
const (
	statusMoreResults  = 0x0008
	statusCursorExists = 0x0040
)

// peek is the number of bytes that tell what a packet is; an OK packet's status flags stand within it.
const peek = 32

// packetState is the position of Server in a packet.
type packetState struct {
	open      bool
	skip      int  // bytes still to pass
	continued bool // another packet goes on with the payload
	end       End  // what ends with the payload
}

// replyState is the position of Server in the answer to the oldest request.
type replyState struct {
	part        replyPart
	definitions uint64 // column or parameter definitions still to come
}

type replyPart uint8

const (
	partHead    replyPart = iota // the first packet of an answer or of a result set
	partColumns                  // column definitions, then an EOF packet unless CLIENT_DEPRECATE_EOF is set
	partEOF                      // that EOF packet
	partRows
	partDefinitions // definitions of a prepared statement, with their EOF packets
)

func (s *mysqlSession) Server(buf []byte) (n int, end End, err error) {
	p := &s.packet
	for {
		k := min(p.skip, len(buf)-n)
		p.skip -= k
		n += k
		if p.skip > 0 {
			return n, Unfinished, nil
		}
		if p.open && !p.continued {
			p.open = false
			if p.end != Unfinished {
				return n, p.end, nil
			}
		}
		used, err := s.enter(buf[n:])
		if used == 0 || err != nil {
			return n, Unfinished, err
		}
		n += used
	}
}

// enter consumes a packet's header once enough of the payload is there to tell what it is.
func (s *mysqlSession) enter(buf []byte) (n int, err error) {
	if len(buf) < headerSize {
		return 0, nil
	}
	p, size := &s.packet, payloadSize(buf)
	if p.continued {
		p.skip, p.continued = size, size == maxPayload
		return headerSize, nil
	}
	known := min(size, peek)
	if !s.greeted {
		known = size
	}
	if len(buf) < headerSize+known {
		return 0, nil
	}
	end, err := s.classify(buf[headerSize:headerSize+known], size)
	if err != nil {
		return 0, err
	}
	*p = packetState{open: true, skip: size, continued: size == maxPayload, end: end}
	return headerSize, nil
}

// classify takes a payload's place in the conversation, and tells what ends with it.
func (s *mysqlSession) classify(head []byte, size int) (End, error) {
	switch {
	case size == 0:
		return 0, fmt.Errorf("%w: empty packet from the server", ErrProtocol)
	case len(s.due) == 0 && head[0] == headERR:
		return Unasked, nil
	case !s.greeted:
		return Unasked, s.greeting(head)
	case len(s.due) == 0:
		return 0, fmt.Errorf("%w: the server answers what was not asked", ErrProtocol)
	}
	done, err := s.advance(head, size)
	if err != nil || !done {
		return Unfinished, err
	}
	s.reply = replyState{}
	s.due = s.due[:copy(s.due, s.due[1:])]
	return Reply, nil
}

// advance moves on in the answer to the oldest request, and tells whether it is complete.
func (s *mysqlSession) advance(head []byte, size int) (done bool, err error) {
	request := s.due[0]
	if s.reply.part == partHead {
		if head[0] == headERR && request.answer != answerText {
			return true, nil
		}
		return s.first(request, head, size)
	}
	switch s.reply.part {
	case partColumns:
		s.column()
	case partEOF:
		return s.afterColumns(request, head, size)
	case partRows:
		return s.row(head, size)
	case partDefinitions:
		s.reply.definitions--
		return s.reply.definitions == 0, nil
	}
	return false, nil
}

// first reads the first packet of an answer, or of a further result set.
func (s *mysqlSession) first(request dueAnswer, head []byte, size int) (done bool, err error) {
	switch request.answer {
	case answerText:
		return true, nil
	case answerAuth:
		s.admitted = s.admitted || head[0] == headOK
		return authStep(head, size), nil
	case answerRows:
		s.reply.part = partRows
		return s.row(head, size)
	case answerPrepared:
		return s.prepared(request, head)
	case answerResults:
		return s.resultHead(request, head)
	}
	if head[0] != headOK && head[0] != headEOF {
		return false, unexpected(request, head)
	}
	return true, nil
}

// authStep tells whether the client has to speak next. After the fast success of caching_sha2_password (one byte 3)
// the server goes on by itself; all other steps are answered by the client or end the phase.
func authStep(head []byte, size int) (done bool) {
	const fastSuccess = 3
	return size != 2 || head[0] != headMoreAuth || head[1] != fastSuccess
}

func (s *mysqlSession) resultHead(request dueAnswer, head []byte) (done bool, err error) {
	c := cursor{rest: head}
	switch head[0] {
	case headOK:
		return endOfResult(head)
	case headInfile:
		return false, fmt.Errorf("%w: LOAD DATA LOCAL in %s (0x%02x)", ErrUnsupported, CommandName(request.cmd), request.cmd)
	case headEOF:
		return false, unexpected(request, head)
	}
	s.reply = replyState{part: partColumns, definitions: c.lenEncInt()}
	if s.caps&capOptionalMetadata != 0 || s.ext&extCacheMetadata != 0 {
		if follows := c.uint8(); follows == 0 {
			s.reply.definitions = 0
		}
	}
	if s.reply.definitions == 0 {
		s.columnsDone()
	}
	return false, c.err("column count")
}

func (s *mysqlSession) column() {
	s.reply.definitions--
	if s.reply.definitions == 0 {
		s.columnsDone()
	}
}

func (s *mysqlSession) columnsDone() {
	s.reply.part = partEOF
	if s.caps&capDeprecateEOF != 0 {
		s.reply.part = partRows
	}
}

// afterColumns reads the EOF packet between columns and rows; rows of a cursor are fetched by later requests.
func (s *mysqlSession) afterColumns(request dueAnswer, head []byte, size int) (done bool, err error) {
	if head[0] == headERR {
		return true, nil
	}
	if head[0] != headEOF || size > len(head) {
		return false, unexpected(request, head)
	}
	s.reply.part = partRows
	status, err := eofStatus(head)
	return status&statusCursorExists != 0, err
}

// row tells a row from what ends a result set. A row may begin with 0xfe too, but only if a value of 16 MiB or more follows.
func (s *mysqlSession) row(head []byte, size int) (done bool, err error) {
	const longestEOF = 8
	switch {
	case head[0] == headERR:
		return true, nil
	case head[0] != headEOF || size == maxPayload:
		return false, nil
	case s.caps&capDeprecateEOF != 0:
		return s.moreResults(endOfResult(head))
	case size <= longestEOF:
		status, err := eofStatus(head)
		return s.moreResults(status&statusMoreResults == 0, err)
	}
	return false, nil
}

func (s *mysqlSession) moreResults(last bool, err error) (done bool, _ error) {
	if !last {
		s.reply = replyState{}
	}
	return last, err
}

// endOfResult reads an OK packet, which may be headed like an EOF packet, and tells whether it ends the answer.
func endOfResult(head []byte) (last bool, err error) {
	c := cursor{rest: head[1:]}
	c.lenEncInt() // rows affected
	c.lenEncInt() // last inserted number
	status := c.uint16()
	return status&statusMoreResults == 0, c.err("OK packet")
}

func eofStatus(head []byte) (status uint16, err error) {
	c := cursor{rest: head[1:]}
	c.uint16() // warnings
	return c.uint16(), c.err("EOF packet")
}

// prepared reads the head of a prepared statement.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html
func (s *mysqlSession) prepared(request dueAnswer, head []byte) (done bool, err error) {
	if head[0] != headOK {
		return false, unexpected(request, head)
	}
	c := cursor{rest: head[1:]}
	id, columns, params := c.uint32(), c.uint16(), c.uint16()
	c.bytes(1 + 2) // filler, warnings
	follows := s.caps&capOptionalMetadata == 0 || c.uint8() != 0
	if err := c.err("head of a prepared statement"); err != nil {
		return false, err
	}
	if s.statements == nil {
		s.statements = make(map[uint32]string)
	}
	s.statements[id] = request.sql
	s.reply = replyState{part: partDefinitions}
	for _, count := range []uint16{params, columns} {
		if count > 0 && follows {
			s.reply.definitions += uint64(count)
			if s.caps&capDeprecateEOF == 0 {
				s.reply.definitions++
			}
		}
	}
	return s.reply.definitions == 0, nil
}

func unexpected(request dueAnswer, head []byte) error {
	return fmt.Errorf("%w: packet 0x%02x in the answer to %s (0x%02x)", ErrProtocol, head[0], CommandName(request.cmd), request.cmd)
}
