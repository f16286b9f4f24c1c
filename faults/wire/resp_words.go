package wire

import "bytes"

// splitWords splits an inline request as sdssplitargs of Redis does: words are set apart by white space, double quotes
// know escapes, single quotes know only \', and a closing quote must end the word.
func splitWords(line []byte) (words [][]byte, ok bool) {
	for {
		line = bytes.TrimLeft(line, " \t\r\n\v\f\x00")
		if len(line) == 0 {
			return words, true
		}
		word, rest, ok := splitWord(line)
		if !ok {
			return nil, false
		}
		words, line = append(words, word), rest
	}
}

func splitWord(line []byte) (word, rest []byte, ok bool) {
	word = []byte{}
	for len(line) > 0 && !isSpace(line[0]) {
		switch line[0] {
		case '"', '\'':
			word, line, ok = appendQuoted(word, line)
			if !ok || len(line) > 0 && !isSpace(line[0]) {
				return nil, nil, false
			}
			return word, line, true
		default:
			word, line = append(word, line[0]), line[1:]
		}
	}
	return word, line, true
}

// appendQuoted appends the quoted string at the beginning of line, and returns what follows the closing quote.
func appendQuoted(word, line []byte) (longer, rest []byte, ok bool) {
	quote, line := line[0], line[1:]
	for len(line) > 0 {
		switch {
		case line[0] == quote:
			return word, line[1:], true
		case quote == '\'' && bytes.HasPrefix(line, []byte(`\'`)):
			word, line = append(word, '\''), line[2:]
		case quote == '"' && line[0] == '\\' && len(line) > 1:
			word, line = appendEscaped(word, line[1:])
		default:
			word, line = append(word, line[0]), line[1:]
		}
	}
	return nil, nil, false
}

// appendEscaped appends the byte that the escape sequence stands for whose backslash was just read.
func appendEscaped(word, line []byte) (longer, rest []byte) {
	if len(line) > 2 && line[0] == 'x' {
		high, okHigh := hexDigit(line[1])
		low, okLow := hexDigit(line[2])
		if okHigh && okLow {
			return append(word, high<<4|low), line[3:]
		}
	}
	c := line[0]
	if i := bytes.IndexByte([]byte("nrtba"), c); i >= 0 {
		c = "\n\r\t\b\a"[i]
	}
	return append(word, c), line[1:]
}

func hexDigit(c byte) (digit byte, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func isSpace(c byte) bool {
	return c == ' ' || c >= '\t' && c <= '\r' || c == 0
}
