package redismodel

// list is a double-ended queue whose elements lie side by side: items() is a
// view, pushes on either side are cheap. Elements are never changed in place,
// so copies share their text.
type list struct {
	buf   []string
	head  int
	bytes int64
}

func (l *list) items() []string { return l.buf[l.head:] }
func (l *list) len() int        { return len(l.buf) - l.head }

func (l *list) clone() list {
	if l.len() == 0 {
		return list{}
	}
	c := list{bytes: l.bytes}
	c.buf = append(make([]string, 0, l.len()+4), l.items()...)
	return c
}

// reserveLeft makes room for n elements before the first.
func (l *list) reserveLeft(n int) {
	if l.head >= n {
		return
	}
	gap := n + l.len()
	buf := make([]string, gap+l.len(), gap+l.len()+4)
	copy(buf[gap:], l.items())
	l.buf, l.head = buf, gap
}

func (l *list) pushLeft(v string) {
	l.reserveLeft(1)
	l.head--
	l.buf[l.head] = v
	l.bytes += int64(len(v))
}

func (l *list) pushRight(v string) {
	l.buf = append(l.buf, v)
	l.bytes += int64(len(v))
}

func (l *list) popLeft() string {
	v := l.buf[l.head]
	l.buf[l.head] = ""
	l.head++
	l.bytes -= int64(len(v))
	return v
}

func (l *list) popRight() string {
	i := len(l.buf) - 1
	v := l.buf[i]
	l.buf[i] = ""
	l.buf = l.buf[:i]
	l.bytes -= int64(len(v))
	return v
}

func (l *list) set(i int, v string) {
	l.bytes += int64(len(v)) - int64(len(l.buf[l.head+i]))
	l.buf[l.head+i] = v
}

// keep drops everything outside the half-open range from, to.
func (l *list) keep(from, to int) {
	kept := append([]string(nil), l.items()[from:to]...)
	*l = list{buf: kept}
	for _, v := range kept {
		l.bytes += int64(len(v))
	}
}

// removeValue deletes up to limit elements equal to v, from the right if asked,
// and returns how many went.
func (l *list) removeValue(v string, limit int, fromRight bool) int {
	items := l.items()
	drop := make(map[int]bool)
	for n := range items {
		i := n
		if fromRight {
			i = len(items) - 1 - n
		}
		if items[i] == v && len(drop) < limit {
			drop[i] = true
		}
	}
	if len(drop) == 0 {
		return 0
	}
	kept := make([]string, 0, len(items)-len(drop))
	for i, item := range items {
		if !drop[i] {
			kept = append(kept, item)
		}
	}
	l.buf, l.head = kept, 0
	l.bytes -= int64(len(drop) * len(v))
	return len(drop)
}
