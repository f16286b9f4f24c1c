package loader

import (
	"database/sql"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"onceover/loader/lock"
)

// A server that says nothing for this long, with a request under way, is taken
// for gone. go-sql-driver's own default is to wait for ever; to count a table of
// a billion rows takes minutes.
const silence = 10 * time.Minute

// Session variables that decide how text and times come, and so are not the
// configuration's to set.
var ownSettings = []string{"time_zone", "character_set_client", "character_set_results"}

// OpenMySQL opens the source. Whatever the configuration says of them, text
// comes as utf8mb4, times come as MySQL writes them, and TIMESTAMP in UTC, so
// that all workers encode a row alike.
func OpenMySQL(cfg *mysql.Config) (*sql.DB, error) {
	cfg = cfg.Clone()
	cfg.ParseTime = false
	cfg.MultiStatements = false
	params := map[string]string{"time_zone": "'+00:00'"}
	for name, setting := range cfg.Params {
		if !slices.Contains(ownSettings, strings.ToLower(name)) {
			params[name] = setting
		}
	}
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
	return sql.OpenDB(connector), nil
}

// SilenceDrivers keeps the clients of both servers from writing to standard error by
// themselves. They return the same as errors.
func SilenceDrivers() {
	_ = mysql.SetLogger(&mysql.NopLogger{}) // fails for nil only
	logging.Disable()
}

// OpenRedis opens the target with the client settings that a strategy names.
func OpenRedis(options *redis.Options, strategy lock.Strategy) *redis.Client {
	o := *options
	o.MaxRetries = strategy.MaxRetries
	o.ContextTimeoutEnabled = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(&o)
}

// MySQL's error numbers, from its reference manual.
const (
	erAccessDenied         = 1045
	erDBAccessDenied       = 1044
	erTableAccessDenied    = 1142
	erNoDatabaseSelected   = 1046
	erUnknownDatabase      = 1049
	erNoSuchTable          = 1146
	erTooManyConnections   = 1040
	erServerShutdown       = 1053
	erLockWaitTimeout      = 1205
	erDeadlock             = 1213
	erQueryInterrupted     = 1317
	erClientInteraction    = 4031 // closed for inactivity
	erServerIsInOfflineRun = 3032
)

func tableProblem(job Job, err error) error {
	switch mysqlNumber(err) {
	case erNoSuchTable, erUnknownDatabase, erNoDatabaseSelected:
		return &Error{Problem: NoTable, What: "there is no table " + job.Table, Err: err,
			Try: "SHOW TABLES; a table of another database is written database.table"}
	case erTableAccessDenied:
		return &Error{Problem: AccessDenied, What: "MySQL denies this user the table " + job.Table, Err: err,
			Try: "a user with the SELECT privilege"}
	}
	return mysqlProblem(err)
}

func mysqlProblem(err error) error {
	switch mysqlNumber(err) {
	case erAccessDenied, erDBAccessDenied:
		return &Error{Problem: AccessDenied, What: "MySQL refuses the login", Err: err,
			Try: "the right user, password and database in the DSN"}
	case erUnknownDatabase:
		return &Error{Problem: NoTable, What: "there is no such database", Err: err, Try: "SHOW DATABASES"}
	}
	if disconnected(err) {
		return &Error{Problem: Unreachable, What: "cannot reach MySQL", Err: err,
			Try: "is it running, and is the address right?"}
	}
	return err
}

func mysqlNumber(err error) uint16 {
	var answer *mysql.MySQLError
	if errors.As(err, &answer) {
		return answer.Number
	}
	return 0
}

func redisProblem(err error) error {
	// go-redis compares after it has cut off "ERR ".
	for _, prefix := range []string{"WRONGPASS", "NOAUTH", "NOPERM", "AUTH", "invalid password"} {
		if redis.HasErrorPrefix(err, prefix) {
			return &Error{Problem: AccessDenied, What: "Redis refuses the login", Err: err,
				Try: "the right user and password in the Redis URL"}
		}
	}
	if disconnected(err) {
		return &Error{Problem: Unreachable, What: "cannot reach Redis", Err: err,
			Try: "is it running, and is the address right?"}
	}
	return err
}

// disconnected tells whether an error came from the connection, not from the
// server behind it.
func disconnected(err error) bool {
	var network net.Error
	return errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, mysql.ErrInvalidConn)
}
