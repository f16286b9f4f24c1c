package redismodel

// glob matches as Redis' stringmatchlen does: '*', '?', '[set]', '[^set]',
// ranges, and '\' before any of them.
func glob(p, s string) bool {
	for len(p) > 0 && len(s) > 0 {
		switch p[0] {
		case '*':
			for len(p) > 1 && p[1] == '*' {
				p = p[1:]
			}
			if len(p) == 1 {
				return true
			}
			for i := 0; i <= len(s); i++ {
				if glob(p[1:], s[i:]) {
					return true
				}
			}
			return false
		case '?':
		case '[':
			var hit bool
			if hit, p = globSet(p[1:], s[0]); !hit {
				return false
			}
		default:
			if p[0] == '\\' && len(p) > 1 {
				p = p[1:]
			}
			if p[0] != s[0] {
				return false
			}
		}
		s = s[1:]
		if len(p) > 0 {
			p = p[1:]
		}
	}
	for len(s) == 0 && len(p) > 0 && p[0] == '*' {
		p = p[1:]
	}
	return len(p) == 0 && len(s) == 0
}

// globSet matches ch against the set that begins p, and returns p from the
// closing bracket on; a set that is not closed ends with the pattern.
func globSet(p string, ch byte) (hit bool, rest string) {
	not := len(p) > 0 && p[0] == '^'
	if not {
		p = p[1:]
	}
	for len(p) > 0 && p[0] != ']' {
		switch {
		case p[0] == '\\' && len(p) >= 2:
			p = p[1:]
			hit = hit || p[0] == ch
		case len(p) >= 3 && p[1] == '-':
			low, high := min(p[0], p[2]), max(p[0], p[2])
			hit = hit || (low <= ch && ch <= high)
			p = p[2:]
		default:
			hit = hit || p[0] == ch
		}
		p = p[1:]
	}
	return hit != not, p
}
