package loader

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// UnknownParameters are the names of parameters of a URL that the driver does not know,
// such as ssl-mode of other drivers. A value may be a secret; a name is none.
type UnknownParameters []string

func (u UnknownParameters) Error() string {
	if len(u) == 1 {
		return "a parameter that is not known: " + u[0]
	}
	return "parameters that are not known: " + strings.Join(u, ", ")
}

// ParseMySQL reads an address of MySQL, as a DSN of the driver or as a mysql:// URL. The
// driver has to understand all parameters of a URL: one that is left out could be TLS.
func ParseMySQL(dsn string) (*mysql.Config, error) {
	if !strings.HasPrefix(dsn, "mysql://") {
		return mysql.ParseDSN(dsn)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	address := u.Host
	if u.Port() == "" {
		address += ":3306"
	}
	cfg, err := mysql.ParseDSN("tcp(" + address + ")/" + strings.TrimPrefix(u.EscapedPath(), "/") + "?" + u.RawQuery)
	if err != nil {
		return nil, err
	}
	if len(cfg.Params) > 0 && cfg.DBName != "" { // without a database, what looks like a parameter may be of a password
		return nil, UnknownParameters(slices.Sorted(maps.Keys(cfg.Params)))
	}
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	return cfg, nil
}
