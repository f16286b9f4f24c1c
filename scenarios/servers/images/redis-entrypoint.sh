#!/bin/bash
# Entry point of the Redis image. Used like the well-known image of that name:
#   docker run IMAGE [redis-server] [CONFIG-FILE] [--option value ...]
# Data lies in /data. Protected mode is off, because every client comes through a published
# port; publish it on 127.0.0.1 only.
set -euo pipefail

if [[ $# -eq 0 || $1 == -* ]]; then
	set -- redis-server "$@"
fi

case "$1 ${2-}" in
"redis-server -v" | "redis-server --version" | "redis-server -h" | "redis-server --help") exec "$@" ;;
redis-server\ *) shift ;;
*) exec "$@" ;;
esac

config=()
if [[ $# -gt 0 && $1 != -* ]]; then
	config=("$1")
	shift
fi
# Ours stands before the caller's options: of two equal options Redis takes the last.
server=(redis-server "${config[@]}" --protected-mode no "$@")

if [[ $(id -u) -ne 0 ]]; then
	exec "${server[@]}"
fi
find /data ! -user redis -exec chown redis:redis {} +
exec setpriv --reuid=redis --regid=redis --clear-groups -- "${server[@]}"
