package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9/logging"
)

// A server that says nothing for this long, with a request under way, is taken
// for gone. go-sql-driver's own default is to wait for ever; to count a table of
// a billion rows takes minutes.
const silence = 10 * time.Minute

// settings of a session decide how values come, and whether all of them do. The
// configuration has no say in them: all workers must read the same.
var settings = []struct{ name, value string }{
	{"time_zone", "'+00:00'"},
	{"sql_select_limit", "18446744073709551615"},
	{"sql_big_selects", "1"},
	{"max_sort_length", "8388608"}, // the most: borders of a view are in order to the last byte
	// MySQL's default, but with every date that a column can hold: a chunk may begin at it.
	{"sql_mode", "'ALLOW_INVALID_DATES,ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"},
}

// unset are settings that undo others: those that the driver makes for utf8mb4, and
// sql_big_selects, which max_join_size turns off.
var unset = []string{"character_set_client", "character_set_results", "max_join_size"}

// OpenMySQL opens the source. Whatever the configuration or the server say of them, text
// comes as utf8mb4, times come as MySQL writes them, TIMESTAMP in UTC, a transaction reads
// what is committed as of one moment, and no limit cuts a result short, so that all workers
// encode a row alike.
func OpenMySQL(cfg *mysql.Config) (*sql.DB, error) {
	connector, err := newConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func newConnector(cfg *mysql.Config) (driver.Connector, error) {
	cfg = cfg.Clone()
	cfg.ParseTime = false
	cfg.MultiStatements = false
	params := map[string]string{}
	for name, setting := range cfg.Params {
		if !fixed(name) {
			params[name] = setting
		}
	}
	// One parameter sets all, because the driver sends parameters in the order of a map.
	value := settings[0].value
	for _, more := range settings[1:] {
		value += ", " + more.name + " = " + more.value
	}
	params[settings[0].name] = value
	cfg.Params = params
	if err := cfg.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	if cfg.ReadTimeout == 0 {
		cfg.ReadTimeout = silence
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = silence
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return isolating{connector}, nil
}

// isolating opens connections on which a snapshot is one: below REPEATABLE READ a server
// ignores it, and may give rows that nobody has committed. No name of a variable for the
// isolation is known to all servers, so a statement sets it.
type isolating struct{ driver.Connector }

func (c isolating) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", nil); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// fixed tells whether a variable is not the configuration's to set.
func fixed(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(unset, name) ||
		slices.ContainsFunc(settings, func(s struct{ name, value string }) bool { return s.name == name })
}

// SilenceDrivers keeps the clients of both servers from writing to standard error by
// themselves. They return the same as errors.
func SilenceDrivers() {
	_ = mysql.SetLogger(&mysql.NopLogger{}) // fails for nil only
	logging.Disable()
}

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
