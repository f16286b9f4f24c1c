package loader

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// index is a unique one of a table.
type index struct {
	name    string
	columns key
	hidden  bool   // of more than columns that this user sees
	unfit   string // why the table cannot be cut by it; "" if it can
}

// chooseKey finds what the table is cut by: what the job names, or else the primary key,
// or else any unique index without NULLs, or nothing.
func (s *source) chooseKey(ctx context.Context, all []column) (key, error) {
	primary := key(slices.DeleteFunc(slices.Clone(all), func(c column) bool { return !c.primary }))
	if len(s.job.Key) == 0 && primary.integral() {
		s.index = "PRIMARY"
		return primary, nil // without another question to the server
	}
	indexes, err := s.indexes(ctx, all)
	if err != nil {
		return nil, err
	}
	if len(s.job.Key) > 0 {
		return s.namedKey(ctx, all, indexes)
	}
	fit := slices.DeleteFunc(slices.Clone(indexes), func(i index) bool { return i.unfit != "" })
	if len(fit) == 0 {
		s.unfit = indexes
		return nil, nil
	}
	best := slices.MinFunc(fit, func(a, b index) int {
		return cmp.Or(rank(a)-rank(b), len(a.columns)-len(b.columns))
	})
	s.index = best.name
	return best.columns, nil
}

// rank puts the primary key first: rows lie in its order. Integers are counted faster.
// MySQL does not look up a range of an ENUM or a SET, and would read the whole index for
// each chunk.
func rank(i index) int {
	switch first := i.columns[0].base(); {
	case first == "enum", first == "set":
		return 3
	case i.name == "PRIMARY":
		return 0
	case i.columns.integral():
		return 1
	}
	return 2
}

// indexes are the unique ones of the table, the primary key first.
func (s *source) indexes(ctx context.Context, all []column) ([]index, error) {
	rows, err := s.db.QueryContext(ctx, "SHOW INDEX FROM "+s.job.quoted())
	if err != nil {
		return nil, tableProblem(s.job, err)
	}
	defer rows.Close()
	fields, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	// Later versions and MariaDB say more of an index, so each field is found by its name.
	values, into := make([]sql.NullString, len(fields)), make([]any, len(fields))
	said := map[string]*sql.NullString{}
	for i, f := range fields {
		into[i], said[strings.ToLower(f)] = &values[i], &values[i]
	}
	var found []index
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("read the indexes of table %s: %w", s.job.Table, err)
		}
		if said["non_unique"].String != "0" {
			continue
		}
		if name := said["key_name"].String; len(found) == 0 || found[len(found)-1].name != name {
			found = append(found, index{name: name})
		}
		if !said["column_name"].Valid {
			found[len(found)-1].hidden, found[len(found)-1].unfit = true, "is of an expression"
			continue
		}
		found[len(found)-1].add(all, said["column_name"].String, said["sub_part"].Valid)
	}
	if err := rows.Err(); err != nil {
		return nil, tableProblem(s.job, err)
	}
	return found, nil
}

// add adds the next column of an index, which may be of its beginning only.
func (i *index) add(all []column, name string, prefix bool) {
	at := slices.IndexFunc(all, func(c column) bool { return strings.EqualFold(c.name, name) })
	if at < 0 { // a column that this user may not read
		i.hidden = true
		i.unfit = "is not of columns that this user sees"
		return
	}
	c := all[at]
	i.columns = append(i.columns, c)
	switch {
	case c.nullable:
		i.unfit = fmt.Sprintf("allows NULL in column %s, and NULLs are not unique", c.name)
	case prefix && !(sortable(c) && bytewise(c)):
		i.unfit = fmt.Sprintf("is of the beginning of column %s only", c.name)
	case notationOf(c) == noNotation:
		i.unfit = fmt.Sprintf("has column %s, a %s", c.name, c.base())
	case disordered[c.collation]:
		i.unfit = fmt.Sprintf("has column %s in %s, in which MySQL does not compare as it sorts", c.name, c.collation)
	}
}

// disordered are the collations in which MySQL does not compare as it sorts where no index has
// the rows in order: of a table that is cut by such texts, rows are in no chunk or in two. Of
// the 285 collations of MySQL 9.7 some thousand texts in each, of one byte to a few characters,
// show it of these; a test holds them there. Of other servers' collations nothing is known.
var disordered = map[string]bool{
	"big5_chinese_ci":    true,
	"cp1250_czech_cs":    true,
	"euckr_korean_ci":    true,
	"gb18030_chinese_ci": true,
	"latin7_estonian_cs": true,
	"latin7_general_ci":  true,
	"latin7_general_cs":  true,
	"tis620_thai_ci":     true,
}

// sortable tells whether MySQL sorts by all of a value where no index has it in order:
// it looks at max_sort_length bytes, 1024, of which a character takes up to 4.
func sortable(c column) bool {
	if notationOf(c) != asHex {
		return notationOf(c) != noNotation
	}
	var length int
	_, err := fmt.Sscanf(c.sqlType[len(c.base()):], "(%d)", &length)
	return err == nil && length <= 1024/4
}

// bytewise tells whether values that are equal begin alike. Under most collations they need
// not, as ß and ss: MySQL then finds other rows by an index of beginnings than without it.
func bytewise(c column) bool { return c.collation == "" || strings.HasSuffix(c.collation, "_bin") }

// namedKey is the key that the job names: the columns of an index, in any order, or an
// index. A view has no index: there, the user is believed.
func (s *source) namedKey(ctx context.Context, all []column, indexes []index) (key, error) {
	named := s.job.Key
	if i, found := indexNamed(named, indexes); found {
		if i.unfit != "" {
			return nil, s.noKey(fmt.Sprintf("index %s of table %s %s", i.name, s.job.Table, i.unfit), indexes)
		}
		s.index = i.name
		return i.columns, nil
	}
	columns, err := s.columnsNamed(named, all, indexes)
	if err != nil {
		return nil, err
	}
	view, err := s.isView(ctx)
	if err != nil {
		return nil, err
	}
	if !view {
		return nil, s.noKey(fmt.Sprintf("table %s has no unique index of %s", s.job.Table, strings.Join(named, ", ")), indexes)
	}
	s.view = true
	return columns, s.refuseViewKey(ctx, columns)
}

// indexNamed finds the index that is meant, one that serves before one that does not.
func indexNamed(named []string, indexes []index) (index, bool) {
	byColumns := func(i index) bool { return !i.hidden && sameNames(i.columns.names(), named) }
	byName := func(i index) bool { return len(named) == 1 && strings.EqualFold(i.name, named[0]) }
	for _, meant := range []func(index) bool{
		func(i index) bool { return i.unfit == "" && byColumns(i) }, byColumns, byName,
	} {
		if at := slices.IndexFunc(indexes, meant); at >= 0 {
			return indexes[at], true
		}
	}
	return index{}, false
}

func (s *source) columnsNamed(named []string, all []column, indexes []index) (key, error) {
	var columns key
	for _, name := range named {
		at := slices.IndexFunc(all, func(c column) bool { return strings.EqualFold(c.name, name) })
		if at < 0 && len(named) == 1 && len(indexes) > 0 {
			return nil, &Error{Problem: NoColumn, What: fmt.Sprintf("table %s has no column and no unique index %s", s.job.Table, name), Try: keysThatDo(indexes)}
		}
		if at < 0 {
			return nil, noColumn(s.job, name, all)
		}
		columns = append(columns, all[at])
	}
	return columns, nil
}

// refuseViewKey asks for the rows that no chunk would have. Of a column that is computed,
// MySQL mostly says that it may be NULL.
func (s *source) refuseViewKey(ctx context.Context, columns key) error {
	const try = "--key with other columns, or the table behind the view"
	for _, c := range columns {
		if !sortable(c) {
			return &Error{Problem: NoKey, Try: try,
				What: fmt.Sprintf("column %s of view %s is a %s, which MySQL does not sort to its end", c.name, s.job.Table, c.sqlType)}
		}
		if disordered[c.collation] {
			return &Error{Problem: NoKey, Try: try,
				What: fmt.Sprintf("column %s of view %s is in %s, in which MySQL does not compare as it sorts", c.name, s.job.Table, c.collation)}
		}
		if !c.nullable {
			continue
		}
		var null bool
		query := fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s)", s.job.from(quoteName(c.name)+" IS NULL"))
		if err := s.db.QueryRowContext(ctx, query).Scan(&null); err != nil {
			return tableProblem(s.job, err)
		}
		if null {
			return &Error{Problem: NoKey, Try: try,
				What: fmt.Sprintf("column %s of view %s is NULL in some row, which no chunk would have", c.name, s.job.Table)}
		}
	}
	return nil
}

func sameNames(a, b []string) bool {
	fold := func(names []string) []string {
		names = slices.Clone(names)
		for i := range names {
			names[i] = strings.ToLower(names[i])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	return slices.Equal(fold(a), fold(b))
}

func (s *source) isView(ctx context.Context) (bool, error) {
	database, table := s.place()
	const query = "SELECT COUNT(*) FROM information_schema.views WHERE table_schema = ? AND table_name = ?"
	var views int
	err := s.db.QueryRowContext(ctx, query, database, table).Scan(&views)
	return views > 0, err
}

// place is the database and the name of the table.
func (s *source) place() (database, table string) {
	if database, table, qualified := strings.Cut(s.job.Table, "."); qualified {
		return database, table
	}
	return s.database, s.job.Table
}

// noKey refuses a key, and names those that would do.
func (s *source) noKey(why string, indexes []index) error {
	return &Error{Problem: NoKey, What: why, Try: keysThatDo(indexes)}
}

func keysThatDo(indexes []index) string {
	var fit []string
	for _, i := range indexes {
		if i.unfit == "" {
			fit = append(fit, "--key "+strings.Join(i.columns.names(), ","))
		}
	}
	if len(fit) == 0 {
		return "a unique index over columns that are not NULL"
	}
	return strings.Join(fit, " or ")
}
