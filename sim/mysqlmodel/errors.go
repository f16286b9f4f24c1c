package mysqlmodel

import "fmt"

// sqlError is an error of the server. Numbers, states and texts are those of MySQL's messages_to_clients.txt.
type sqlError struct {
	number  uint16
	state   string
	message string
}

// suspended is what a statement that has to wait returns instead of an error.
var suspended = &sqlError{message: "the statement waits"}

var (
	errNoDatabase       = &sqlError{1046, "3D000", "No database selected"}
	errLockWaitTimeout  = &sqlError{1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"}
	errDeadlock         = &sqlError{1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"}
	errInterrupted      = &sqlError{1317, "70100", "Query execution was interrupted"}
	errInTransaction    = &sqlError{1568, "25001", "Transaction characteristics can't be changed while a transaction is in progress"}
	errReadOnly         = &sqlError{1792, "25006", "Cannot execute statement in a READ ONLY transaction."}
	errUserLockDeadlock = &sqlError{3058, "HY000", "Deadlock found when trying to get user-level lock; try rolling back transaction/releasing locks and restarting lock acquisition."}
	errNoWait           = &sqlError{3572, "HY000", "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set."}
)

// errWouldWait is what a scan that does not wait at once returns instead of an error.
var errWouldWait = &sqlError{message: "the row is locked"}

// These errors name what they are about, see of.
var (
	errUnknownDatabase  = &sqlError{1049, "42000", "Unknown database '%s'"}
	errUnknownColumn    = &sqlError{1054, "42S22", "Unknown column '%s' in '%s'"}
	errNoSuchTable      = &sqlError{1146, "42S02", "Table '%s.%s' doesn't exist"}
	errDuplicate        = &sqlError{1062, "23000", "Duplicate entry '%s' for key '%s.PRIMARY'"}
	errNull             = &sqlError{1048, "23000", "Column '%s' cannot be null"}
	errOutOfRange       = &sqlError{1264, "22003", "Out of range value for column '%s' at row %d"}
	errTooLong          = &sqlError{1406, "22001", "Data too long for column '%s' at row %d"}
	errColumnCount      = &sqlError{1136, "21S01", "Column count doesn't match value count at row %d"}
	errNoDefault        = &sqlError{1364, "HY000", "Field '%s' doesn't have a default value"}
	errNoSavepoint      = &sqlError{1305, "42000", "SAVEPOINT %s does not exist"}
	errUnknownThread    = &sqlError{1094, "HY000", "Unknown thread id: %d"}
	errUnknownStatement = &sqlError{1243, "HY000", "Unknown prepared statement handler (%d) given to %s"}
	errLockName         = &sqlError{3057, "42000", "Incorrect user-level lock name '%s'. The name is empty, NULL, or can not be expressed in the current character-set."}
	errLockNameTooLong  = &sqlError{4163, "42000", "User-level lock name '%s' should not exceed 64 characters."}
)

// of fills in what the error is about.
func (e *sqlError) of(about ...any) *sqlError {
	return &sqlError{e.number, e.state, fmt.Sprintf(e.message, about...)}
}

// numberUnsupported is the number of a syntax error, which a real server answers to statements that it does not know.
const numberUnsupported = 1064

// unsupported is the error for what the model does not know, with a text that no real server sends.
func unsupported(what, why string) *sqlError {
	return &sqlError{numberUnsupported, "42000", fmt.Sprintf("simulated MySQL: unsupported %s (%s)", what, why)}
}

func (st *statement) unsupported(why string) *sqlError {
	return unsupported("statement: "+st.text, why)
}
