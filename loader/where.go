package loader

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// from is what a SELECT reads of a job: the table, its rows that satisfy the job's
// condition, and of them those that satisfy the further ones.
func (j Job) from(further ...string) string {
	var conditions []string
	if j.Where != "" {
		conditions = append(conditions, "("+j.Where+")")
	}
	for _, c := range further {
		if c != "" {
			conditions = append(conditions, c)
		}
	}
	if len(conditions) == 0 {
		return j.quoted()
	}
	return j.quoted() + " WHERE " + strings.Join(conditions, " AND ")
}

// satisfying says after "rows" which ones are meant, where not all are.
func (j Job) satisfying() string {
	if j.Where == "" {
		return ""
	}
	return " that satisfy the condition (--where)"
}

// checkWhere refuses a text that would not stay within the parentheses that from puts
// around it. It reads quotes as MySQL does in the sql_mode that OpenMySQL sets.
func checkWhere(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("is not valid UTF-8")
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch c := text[i]; {
		case c == '\'' || c == '"' || c == '`':
			length := quotedLength(rest)
			if length == 0 {
				return fmt.Errorf("has a %c that nothing closes", c)
			}
			i += length - 1
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return errors.New("closes a parenthesis that it did not open")
			}
		case c == ';' || c == 0:
			return fmt.Errorf("has a %q outside of quotes, and is to be one condition", c)
		case c == '#' || beginsComment(rest) || strings.HasPrefix(rest, "/*") || strings.HasPrefix(rest, "*/"):
			return errors.New("has a comment (#, -- or /*)")
		}
	}
	switch {
	case depth > 0:
		return errors.New("opens a parenthesis that it does not close")
	case strings.TrimSpace(text) == "":
		return errors.New("is empty")
	}
	return nil
}

// beginsComment tells whether -- begins a comment, as before a space, a control character
// and the end. Elsewhere it is two signs: 5--1 is 6.
func beginsComment(text string) bool {
	after, dashes := strings.CutPrefix(text, "--")
	return dashes && (after == "" || after[0] <= ' ' || after[0] == 0x7f)
}

// quotedLength is how long the quoted text is that begins here, 0 if it does not end. A
// quote that is written twice begins the next quoted text, which comes to the same.
func quotedLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == text[0]:
			return i + 1
		case text[i] == '\\' && text[0] != '`':
			i++
		}
	}
	return 0
}

// tryWhere lets MySQL read the condition, of no row.
func (s *source) tryWhere(ctx context.Context) error {
	if s.job.Where == "" {
		return nil
	}
	if _, err := s.glance(ctx, "1"); err != nil {
		return err // of the table, whatever the condition
	}
	rows, err := s.db.QueryContext(ctx, "SELECT 1 FROM "+s.job.from()+" LIMIT 0")
	if err == nil {
		rows.Next()
		err = errors.Join(rows.Err(), rows.Close())
	}
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(tableProblem(s.job, err), &known) && known.Problem != NoTable, mysqlNumber(err) == 0:
		return tableProblem(s.job, err)
	}
	return badWhere("MySQL does not take the condition --where", err)
}

func badWhere(what string, err error) error {
	return &Error{Problem: BadJob, What: what, Err: err,
		Try: "one condition, as it would stand after WHERE: --where 'id < 1000 AND (colour = \"red\" OR size > 3)'"}
}
