package mysqlmodel

import "sync"

// parsedTexts remembers what texts were parsed to, for a server and all its clones.
type parsedTexts struct {
	mu   sync.RWMutex
	text map[string]*statement
}

// mostStatements are remembered; a client that writes its values into the text asks for ever new ones.
const mostStatements = 1 << 10

func (r *parsedTexts) parse(sql []byte) (*statement, *sqlError) {
	r.mu.RLock()
	st := r.text[string(sql)]
	r.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	st, err := parse(string(sql))
	if err != nil {
		return st, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.text == nil || len(r.text) >= mostStatements {
		r.text = make(map[string]*statement)
	}
	r.text[st.text] = st
	return st, nil
}
