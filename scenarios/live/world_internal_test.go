package live

import "testing"

func TestOnlyOnceoversOwnWorkersGetALeanMySQL(t *testing.T) {
	for _, c := range []struct {
		what    string
		options Options
		lean    bool
	}{
		{"its own workers", Options{}, true},
		{"a program of the user's, which may ask performance_schema", Options{Worker: []string{"w"}}, false},
		{"an image of the user's, whose own settings would go", Options{MySQLImage: "mine"}, false},
	} {
		if lean := len(c.options.mysqlSettings()) > 0; lean != c.lean {
			t.Errorf("%s: lean is %t", c.what, lean)
		}
	}
}
