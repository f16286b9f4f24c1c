package loader

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// meaning is what a server's refusal means to whoever runs the job.
type meaning struct {
	problem   Problem
	what, try string
	passes    bool // by itself, so that it is waited for
}

func (m meaning) of(err error) *Error {
	return &Error{Problem: m.problem, What: m.what, Try: m.try, Err: err}
}

func passing(what, try string) meaning { return meaning{Unready, what, try, true} }
func denied(what, try string) meaning  { return meaning{AccessDenied, what, try, false} }

// meaningOf looks up an answer of either server.
func meaningOf(err error) (meaning, bool) {
	if number := mysqlNumber(err); number == erUserLimit {
		return userLimit(err), true
	} else if number != 0 {
		m, known := mysqlMeanings[number]
		return m, known
	}
	if errors.Is(err, errDisagree) {
		return failingOver, true
	}
	for _, m := range driverMeanings {
		if errors.Is(err, m.err) {
			return m.meaning, true
		}
	}
	for _, m := range redisMeanings {
		if redis.HasErrorPrefix(err, m.prefix) {
			return m.meaning, true
		}
	}
	return meaning{}, false
}

const mendLogin = "the right user, password and database in the DSN; and tls=true in it, if this user has to come by TLS"

var (
	wrongLogin  = denied("MySQL refuses the login", mendLogin)
	expired     = denied("MySQL wants a new password of this user", "ALTER USER … IDENTIFIED BY …, with a client that can change it, such as mysql; and the new password in the DSN")
	otherPlugin = denied("MySQL wants this user to log in in a way that is not known here", "ALTER USER … IDENTIFIED WITH caching_sha2_password BY …, or another user")
	shutdown    = passing("MySQL shuts down", "start it again")
	brokenOff   = passing("MySQL broke off what it was asked", "find out who ends its connections or queries")
	locked      = passing("MySQL ended a wait for a lock", "find out who locks the table for so long")
	tooLong     = meaning{Limited, "MySQL ended a query that took longer than a limit allows",
		"max_execution_time=0 (MariaDB: max_statement_time=0) in the DSN, or as the server's or the user's setting", false}
	noSetting = meaning{BadJob, "MySQL does not take a parameter of the DSN as a setting",
		"leave it out, or write it as MySQL or its driver does, such as max_execution_time=0 or timeout=5s", false}
	ownPacket = meaning{TooLarge, "a request is larger than MySQL takes", "a larger max_allowed_packet of the server, and maxAllowedPacket=0 in the DSN", false}
)

// mysqlMeanings are by MySQL's error numbers, from its reference manual and MariaDB's.
var mysqlMeanings = map[uint16]meaning{
	erAccessDenied:   wrongLogin,
	erDBAccessDenied: wrongLogin,
	1698:             wrongLogin, // without a password
	erUnknownDatabase: {NoTable, "there is no such database",
		"SHOW DATABASES", false},

	erTooManyConnections:   passing("MySQL has as many connections as it takes", "fewer --workers, fewer connections of others, or a larger max_connections"),
	1203:                   passing("this user has as many connections as MySQL allows", "fewer --workers, or a larger max_user_connections"),
	erServerShutdown:       shutdown,
	1152:                   brokenOff,
	1158:                   brokenOff,
	1159:                   brokenOff,
	1160:                   brokenOff,
	1161:                   brokenOff,
	erQueryInterrupted:     brokenOff,
	erClientInteraction:    brokenOff,
	2006:                   brokenOff, // of a client of MySQL, such as a proxy
	2013:                   brokenOff,
	erServerIsInOfflineRun: passing("MySQL is offline for its users", "SET GLOBAL offline_mode = OFF"),
	erLockWaitTimeout:      locked,
	erDeadlock:             locked,
	erTableDefChanged:      passing("the table is being altered", "the same command, when that is done"),

	3024: tooLong,
	1969: tooLong,
	1153: ownPacket,
	1792: {Unfit, "what is read calls a function that writes, and the loader only reads",
		"a view or a column that calls no such function", false},

	erUnknownVariable: noSetting,
	1231:              noSetting,
	1232:              noSetting,

	1129: denied("MySQL lets this host in no more, after too many broken connections", "TRUNCATE TABLE performance_schema.host_cache, or mysqladmin flush-hosts"),
	1130: denied("MySQL lets nobody in from this host", "CREATE USER name@'this host' …"),
	1251: otherPlugin,
	1524: otherPlugin,
	2059: otherPlugin,
	1820: expired,
	1862: expired,
	3118: denied("MySQL has locked this user", "ALTER USER … ACCOUNT UNLOCK"),
	3955: denied("MySQL has locked this user after too many wrong passwords", "ALTER USER … ACCOUNT UNLOCK; and "+mendLogin),
	3159: denied("MySQL takes connections by TLS only", "--tls-ca FILE, or tls=true in the DSN; or tls=skip-verify, if nobody on the way can be somebody else"),
}

const erUserLimit = 1226

// userLimit tells a limit that ends with a connection from one that ends with an hour.
func userLimit(err error) meaning {
	if strings.Contains(err.Error(), "'max_user_connections'") {
		return mysqlMeanings[1203]
	}
	return meaning{Limited, "this user has asked MySQL for as much as it may in an hour",
		"ALTER USER … WITH MAX_QUERIES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0; or the same command in an hour", false}
}

// driverMeanings are of what MySQL's driver refuses by itself.
var driverMeanings = []struct {
	err error
	meaning
}{
	{mysql.ErrUnknownPlugin, otherPlugin},
	{mysql.ErrNativePassword, denied("MySQL wants this user's password in the old way, and the DSN forbids it", "allowNativePasswords=true in the DSN, or ALTER USER … IDENTIFIED WITH caching_sha2_password BY …")},
	{mysql.ErrOldPassword, otherPlugin},
	{mysql.ErrCleartextPassword, denied("MySQL wants this user's password as it is", "allowCleartextPasswords=true and tls=true in the DSN")},
	{mysql.ErrNoTLS, denied("MySQL does not speak TLS", "a server that does; or no tls= in the DSN, and no --tls flags")},
	{mysql.ErrPktTooLarge, ownPacket},
}

// redisMeanings are by the beginning of an answer, from which go-redis has cut off "ERR ".
var redisMeanings = []struct {
	prefix string
	meaning
}{
	{"WRONGPASS", wrongRedisLogin},
	{"NOAUTH", wrongRedisLogin},
	{"AUTH", wrongRedisLogin},
	{"invalid password", wrongRedisLogin}, // before Redis 6
	{"DENIED", protectedMode},

	{"DB index", meaning{BadJob, "this Redis has no database of the number in its URL",
		"another number at the end of the Redis URL; CONFIG GET databases says how many there are", false}},
	{"LOADING", passing("Redis is still reading its data from disk", "the same command, when INFO persistence says loading:0")},
	{"READONLY", passing("this Redis is a replica, and takes no writes", "the address of the master; or REPLICAOF NO ONE, if this one is to be the master")},
	{"MASTERDOWN", passing("this Redis is a replica, and its master is away", "the address of the master, or a new master")},
	{"CLUSTERDOWN", passing("the Redis cluster is down", "CLUSTER INFO, and the nodes' logs, say why")},
	{"TRYAGAIN", passing("the Redis cluster moves the list to another node", "the same command, when the other node has all of it; or end the move (redis-cli --cluster fix), if nobody goes on with it")},
	{"NOREPLICAS", passing("Redis has fewer replicas than it needs to take writes", "bring its replicas back, or CONFIG SET min-replicas-to-write 0")},
	{"BUSY ", passing("a script keeps Redis busy", "wait for its end; or SCRIPT KILL, or FUNCTION KILL")},
	{"OOM", passing("the memory of Redis is full", "a larger maxmemory (CONFIG SET maxmemory …), or consumers that take from the list; what is loaded stays")},
	{"MISCONF", passing("Redis cannot write to its disk, and so takes no writes", "mend its disk: its log, and INFO persistence, say what is wrong")},
	{clientsReached, tooManyClients},

	{"MOVED", disagree},
	{"ASK", disagree},
	{"SELECT is not allowed in cluster mode", noDatabases},
}

const clientsReached = "max number of clients reached"

var (
	wrongRedisLogin = denied("Redis refuses the login", "the right user and password in the Redis URL")
	protectedMode   = denied("Redis is in protected mode, and lets in nobody from another host",
		"a password (ACL SETUSER, or requirepass); or CONFIG SET protected-mode no, if its network is trusted")
	tooManyClients = passing("Redis has as many clients as it takes", "fewer clients of others, or CONFIG SET maxclients")
	disagree       = passing("the nodes of the Redis cluster send the loader from one to the other", "CLUSTER NODES, at each of them, says to whom the slot of the list belongs")
	noDatabases    = meaning{Unfit, "this Redis is a node of a cluster, which has no databases but 0", "no database in the Redis URL", false}
	failingOver    = passing("the Sentinels do not name the same master", "SENTINEL MASTER, at each of them, says which")
)

// Greeted is the problem that an answer of Redis names which comes before any question,
// or nil.
func Greeted(answer string) *Error {
	answer, refused := strings.CutPrefix(answer, "-")
	answer = strings.TrimPrefix(answer, "ERR ")
	for _, m := range redisMeanings {
		if refused && strings.HasPrefix(answer, m.prefix) {
			first, _, _ := strings.Cut(answer, ". ")
			return m.of(errors.New(first))
		}
	}
	return nil
}

// tlsProblem says what is wrong with the way that a server speaks TLS, or returns nil.
func tlsProblem(server string, err error) error {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var untrusted *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	var alert *net.OpError
	certificate := "the certificate of " + server
	switch {
	case errors.As(err, &authority):
		return denied(certificate+" is not trusted", "--tls-ca FILE with the certificate of its authority (or SSL_CERT_FILE)").of(err)
	case errors.As(err, &name):
		return denied(certificate+" is for another name", "an address with a name that the certificate is for, or a certificate for this one").of(err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return denied(certificate+", or of its authority, is not valid at this time", "a new certificate for the server or in --tls-ca, or the right clock on this machine").of(err)
	case errors.As(err, &untrusted):
		return denied(certificate+" is not trusted", "the name that the certificate is for, and its authority in --tls-ca or among those that this machine trusts (SSL_CERT_FILE)").of(err)
	case errors.As(err, &plain), errors.Is(err, errNoHandshake):
		return denied(server+" does not speak TLS at this address", "its address for TLS; or an address without TLS, and no --tls flags").of(err)
	case errors.As(err, &alert) && alert.Op == "remote error":
		return denied(server+" refuses this side of the TLS connection", "--tls-cert FILE and --tls-key FILE of an authority that "+server+" trusts").of(err)
	}
	return nil
}
