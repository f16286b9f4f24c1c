package redismodel

// hash keeps its fields in the order in which they were added, which is the
// order in which Redis returns those of a small hash.
type hash struct {
	fields []field
	at     map[string]int // field to position; nil while there are few
	bytes  int64
}

type field struct{ name, value string }

// indexFrom is the number of fields from which a map is cheaper than a look
// through all of them.
const indexFrom = 12

func (h *hash) len() int { return len(h.fields) }

func (h *hash) clone() hash {
	if len(h.fields) == 0 {
		return hash{}
	}
	c := hash{fields: append([]field(nil), h.fields...), bytes: h.bytes}
	c.reindex()
	return c
}

func (h *hash) reindex() {
	h.at = nil
	if len(h.fields) < indexFrom {
		return
	}
	h.at = make(map[string]int, len(h.fields))
	for i, f := range h.fields {
		h.at[f.name] = i
	}
}

func (h *hash) find(name []byte) int {
	if h.at != nil {
		if i, ok := h.at[string(name)]; ok {
			return i
		}
		return -1
	}
	for i := range h.fields {
		if h.fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// set reports whether the field is new.
func (h *hash) set(name, value []byte) bool {
	if i := h.find(name); i >= 0 {
		h.bytes += int64(len(value) - len(h.fields[i].value))
		h.fields[i].value = string(value)
		return false
	}
	h.fields = append(h.fields, field{string(name), string(value)})
	h.bytes += int64(len(name) + len(value))
	if h.at != nil {
		h.at[string(name)] = len(h.fields) - 1
	} else if len(h.fields) >= indexFrom {
		h.reindex()
	}
	return true
}

func (h *hash) remove(name []byte) bool {
	i := h.find(name)
	if i < 0 {
		return false
	}
	h.bytes -= int64(len(h.fields[i].name) + len(h.fields[i].value))
	h.fields = append(h.fields[:i], h.fields[i+1:]...)
	h.reindex()
	return true
}
