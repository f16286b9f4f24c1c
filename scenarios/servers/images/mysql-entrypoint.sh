#!/bin/bash
# Entry point of the MySQL image. Used like the well-known image of that name:
#   docker run -e MYSQL_ROOT_PASSWORD=... [-e MYSQL_DATABASE=...] [-e MYSQL_USER=... -e MYSQL_PASSWORD=...]
#              IMAGE [mysqld] [--option=value ...]
# MYSQL_ALLOW_EMPTY_PASSWORD=yes allows a root without a password. Scripts in
# /docker-entrypoint-initdb.d and files named by MYSQL_..._FILE are not supported.
#
# Accounts and database are set before the first connection is accepted, and again at every later
# start from the same environment; the tables are never touched.
set -euo pipefail

data=/var/lib/mysql
run=/run/mysqld

die() {
	printf 'mysql-entrypoint: %s\n' "$*" >&2
	exit 1
}

# The text as an SQL string literal.
literal() {
	local text=${1//\\/\\\\}
	text=${text//\'/\\\'}
	printf "'%s'" "${text//$'\n'/\\n}"
}

# The text as an SQL identifier.
identifier() {
	printf '`%s`' "${1//\`/\`\`}"
}

accounts() {
	local password database user
	password=$(literal "${MYSQL_ROOT_PASSWORD-}")
	# Kept out of the binary log: replicas and change readers see the caller's statements alone.
	echo "SET SESSION sql_log_bin = 0;"
	echo "CREATE USER IF NOT EXISTS root@'%';"
	echo "ALTER USER root@'%' IDENTIFIED BY $password;"
	echo "ALTER USER root@localhost IDENTIFIED BY $password;"
	echo "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
	if [[ -n ${MYSQL_DATABASE-} ]]; then
		database=$(identifier "$MYSQL_DATABASE")
		echo "CREATE DATABASE IF NOT EXISTS $database;"
	fi
	if [[ -n ${MYSQL_USER-} && ${MYSQL_USER-} != root ]]; then
		user=$(literal "$MYSQL_USER")@\'%\'
		password=$(literal "${MYSQL_PASSWORD-}")
		echo "CREATE USER IF NOT EXISTS $user;"
		echo "ALTER USER $user IDENTIFIED BY $password;"
		if [[ -n ${MYSQL_DATABASE-} ]]; then
			# In a grant, _ and % in the name would stand for any character.
			database=${database//_/\\_}
			echo "GRANT ALL ON ${database//%/\\%}.* TO $user;"
		fi
	fi
}

if [[ $# -eq 0 || $1 == -* ]]; then
	set -- mysqld "$@"
fi
case "$1 ${2-}" in
"mysqld -V" | "mysqld --version" | "mysqld -?" | "mysqld --help") exec "$@" ;;
mysqld\ *) shift ;;
*) exec "$@" ;;
esac

if [[ -z ${MYSQL_ROOT_PASSWORD-} && -z ${MYSQL_ALLOW_EMPTY_PASSWORD-} ]]; then
	die "set MYSQL_ROOT_PASSWORD, or MYSQL_ALLOW_EMPTY_PASSWORD=yes"
fi
if [[ -n ${MYSQL_USER-} && -z ${MYSQL_PASSWORD-} ]]; then
	die "MYSQL_USER needs MYSQL_PASSWORD"
fi

install -d -o mysql -g mysql "$run"
# A killed server leaves its socket and lock behind; they hold the number of a process that may exist again.
rm -f "$run"/*

# The image brings an initialised data directory, which the engine copies into a new volume.
# Only a mounted folder or a tmpfs begins empty.
if [[ ! -d $data/mysql ]]; then
	chown mysql:mysql "$data"
	mysqld --no-defaults --initialize-insecure --user=mysql --datadir="$data"
fi

(umask 077 && accounts >"$run/accounts.sql")
chown mysql:mysql "$run/accounts.sql"

exec mysqld --user=mysql --datadir="$data" --socket="$run/mysqld.sock" --pid-file="$run/mysqld.pid" \
	--secure-file-priv=NULL --mysqlx=OFF --skip-name-resolve --host-cache-size=0 \
	--init-file="$run/accounts.sql" "$@"
