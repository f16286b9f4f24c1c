package mysqlmodel

import (
	"cmp"
	"slices"
)

// plan is a statement whose names are resolved and whose conditions are bound to values.
type plan struct {
	index    int // of the table in Server.tables
	table    *table
	items    []item // * is expanded
	assigned []int  // the columns that UPDATE sets
	columns  []int  // of each item
	ranges   []interval
	filters  []filter
	filtered []int  // the columns that each filter names
	never    bool   // no row can match, and the server knows without looking
	clash    int    // the indexed column whose conditions contradict each other, or -1
	pinned   int    // the unique column to which a comparison leaves one value, at the end of its type, or -1
	pinnedAt place  // that value
	nulled   int    // the indexed column that is compared with NULL, or -1
	equated  bool   // a unique column is compared by =
	onKey    int    // how many conditions on the primary key there are
	lows     int    // ... from below, and
	highs    int    // ... from above
	folded   bool   // the server decides one of them before it plans
	keyed    bool   // the primary key is compared with something that limits it
	point    bool   // ... by equality
	spans    []span // of it, for a statement that locks
	order    int    // the column, or -1
}

func (s *Server) find(database, name string) int {
	return slices.IndexFunc(s.tables, func(t *table) bool { return t.name == name && t.database == database })
}

func (s *Server) hasDatabase(name string) bool {
	return slices.ContainsFunc(s.tables, func(t *table) bool { return t.database == name })
}

func (s *Server) lookUp(c *session, name tableName) (int, *sqlError) {
	database := cmp.Or(name.database, c.database)
	if database == "" {
		return 0, errNoDatabase
	}
	i := s.find(database, name.name)
	switch {
	case i >= 0:
		return i, nil
	case !s.hasDatabase(database):
		return 0, errUnknownDatabase.of(database)
	}
	return 0, errNoSuchTable.of(database, name.name)
}

// resolve checks in the order in which the server does: access mode, table, select list, conditions, order.
func (s *Server) resolve(c *session, st *statement, args []literal) (p plan, err *sqlError) {
	if st.writes() && !st.shared && c.readOnly {
		return p, errReadOnly
	}
	if p.index, err = s.lookUp(c, st.table); err != nil {
		return p, err
	}
	p.table = s.tables[p.index]
	p.order, p.clash, p.pinned, p.nulled = -1, -1, -1, -1
	if err := p.resolveColumns(st); err != nil {
		return p, err
	}
	for _, cond := range st.where {
		if err := p.add(st, cond, args); err != nil {
			return p, err
		}
	}
	if err := p.settleFilters(st); err != nil {
		return p, err
	}
	p.noteContradictions()
	if st.kind == selectRows && st.writes() && p.looksUp() && p.clash == p.table.key {
		p.point, p.never = true, false
		p.spans = []span{{low: p.pinnedAt, high: p.pinnedAt, point: true}}
	}
	if st.order != "" {
		if st.aliases(st.order) {
			return p, st.unsupported("order by an alias")
		}
		if p.order = p.table.column(st.order); p.order < 0 {
			return p, errUnknownColumn.of(st.order, "order clause")
		}
	}
	if err := p.limits(st); err != nil {
		return p, err
	}
	if st.kind == insertRows {
		err = p.resolveInsert(st)
	}
	return p, err
}

// resolveColumns finds what is selected, or set by UPDATE.
func (p *plan) resolveColumns(st *statement) *sqlError {
	for _, i := range st.items {
		switch i.kind {
		case itemStar:
			for n := range p.table.columns {
				p.items = append(p.items, item{kind: itemColumn, title: p.table.columns[n].Name})
				p.columns = append(p.columns, n)
			}
			continue
		case itemCount, itemInteger:
			p.columns = append(p.columns, -1)
		default:
			n := p.table.column(i.column)
			if n < 0 {
				return errUnknownColumn.of(i.column, "field list")
			}
			switch c := &p.table.columns[n]; {
			case i.kind == itemDouble && !c.floating():
				return st.unsupported("CAST of a column that is not a floating-point number")
			case (i.kind == itemMin || i.kind == itemMax) && !c.integer():
				return st.unsupported("MIN or MAX of a column that is not an integer")
			}
			p.columns = append(p.columns, n)
		}
		p.items = append(p.items, i)
	}
	for _, a := range st.set {
		n := p.table.column(a.column)
		if n < 0 {
			return errUnknownColumn.of(a.column, "field list")
		}
		if n == p.table.key {
			return st.unsupported("UPDATE of the primary key")
		}
		if a.source != "" {
			if err := p.resolveSource(st, a); err != nil {
				return err
			}
		}
		p.assigned = append(p.assigned, n)
	}
	return nil
}

func (p *plan) resolveSource(st *statement, a assignment) *sqlError {
	switch n := p.table.column(a.source); {
	case n < 0:
		return errUnknownColumn.of(a.source, "field list")
	case a.operator != "" && !p.table.columns[n].integer():
		return st.unsupported("arithmetic with a column that is not an integer")
	}
	return nil
}

// limits refuses what the model would get wrong.
func (p *plan) limits(st *statement) *sqlError {
	t := p.table
	writes := st.writes()
	switch {
	case writes && t.secondary:
		return st.unsupported("lock or write in a table with a second index")
	case st.kind == selectRows && t.secondary && p.order < 0 && !p.point && !p.never:
		return st.unsupported("rows in no order, of a table with a second index")
	case p.order >= 0 && p.order != t.key && (t.columns[p.order].Key != "UNI" || t.columns[p.order].Nullable):
		return st.unsupported("order by a column that is not unique and not null")
	case writes && (p.lows > 1 || p.highs > 1 || p.folded && p.onKey > 0) && !p.never:
		return st.unsupported("lock of rows by two conditions on the primary key in one direction, or by one beyond its type")
	case writes && p.order >= 0 && p.order != t.key:
		return st.unsupported("lock of rows in another order than that of the primary key")
	}
	if writes && st.kind != insertRows && !p.never && p.spans == nil {
		p.spans = []span{p.span()}
	}
	return nil
}

// indexed tells whether the server uses an index, which it says in the status of a result. With a second index in the
// table that depends on what the server thinks it costs, and is a guess.
func (p *plan) indexed() bool {
	if p.never || p.keyed || p.order >= 0 {
		return true
	}
	index := p.table.key // or another column, in whose index the primary key stands too
	within := func(n int) bool {
		if index == p.table.key && p.table.columns[n].Key == "UNI" {
			index = n
		}
		return n == index || n == p.table.key
	}
	for _, r := range p.ranges {
		if !within(r.column) {
			return false
		}
	}
	if slices.ContainsFunc(p.filtered, func(n int) bool { return !within(n) }) {
		return false
	}
	for i, n := range p.columns {
		if n >= 0 && (!within(n) || p.items[i].kind == itemDouble) {
			return false
		}
	}
	return true
}
