package live

import "testing"

func TestATextOfSQLEndsWhereItEnds(t *testing.T) {
	for text, want := range map[string]string{
		`onceover "host"`: `'onceover "host"'`,
		`it's`:            `'it''s'`,
		`\`:               `'\\'`,
		`"\""`:            `'"\\""'`,
	} {
		if got := quoted(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
