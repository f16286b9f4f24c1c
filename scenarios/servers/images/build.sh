#!/bin/bash
# Makes the Redis and MySQL images of the live world from Debian's packages, for machines that
# have a container engine but cannot pull images.
set -euo pipefail

usage() {
	cat <<'USAGE'
usage: build.sh redis|mysql TAG        build an image and give it TAG
       build.sh prepare                install the Debian package mmdebstrap if it is missing (as root)
       build.sh --print-mirror [DIR]   print the Debian mirror that DIR names (default /etc/apt)

Makes a Debian unstable ("sid") file system with mmdebstrap and imports it into the container
engine. The packages come from the mirror in this machine's apt configuration; if that names none,
from http://deb.debian.org/debian.
Progress goes to standard error; the image's id is printed on standard output.

Exit status: 0 done, 1 the build failed, 2 wrong usage.
USAGE
}

say() { printf 'build.sh: %s\n' "$*" >&2; }
die() {
	say "$*"
	exit 1
}
misuse() {
	say "$*"
	usage >&2
	exit 2
}

# The Debian mirrors that one-line .list files name, one a line.
mirrors_in_lists() {
	awk '
		$1 != "deb" { next }
		{
			sub(/#.*/, "")
			sub(/\[[^]]*\]/, "")
			$0 = $0
			for (i = 4; i <= NF; i++) if ($i == "main") { print $2; next }
		}
	' "$@"
}

# The Debian mirrors that deb822 .sources files name, one a line.
mirrors_in_sources() {
	awk '
		function stanza_ends(  n, i, uris) {
			if (value["types"] ~ /(^| )deb( |$)/ && value["components"] ~ /(^| )main( |$)/ && value["enabled"] !~ /no|false|off|0/) {
				n = split(value["uris"], uris, " ")
				for (i = 1; i <= n; i++) print uris[i]
			}
			split("", value)
			field = ""
		}
		FNR == 1 { stanza_ends() }
		/^#/ { next }
		/^[ \t]*$/ { stanza_ends(); next }
		/^[ \t]/ { rest = $0 }
		/^[^ \t]/ {
			field = tolower(substr($0, 1, index($0, ":") - 1))
			rest = substr($0, index($0, ":") + 1)
		}
		{
			gsub(/[ \t]+/, " ", rest)
			value[field] = value[field] rest
		}
		END { stanza_ends() }
	' "$@"
}

# The first archive of Debian itself in the apt configuration $1. Debian's own files come first,
# because other publishers' archives may also end in /debian.
find_mirror() {
	local file uri
	for file in "$1/sources.list" "$1"/sources.list.d/debian.sources "$1"/sources.list.d/*; do
		[[ -f $file ]] || continue
		case $file in
		*.list) mirrors_in_lists "$file" ;;
		*.sources) mirrors_in_sources "$file" ;;
		esac
	done | while read -r uri; do
		if [[ $uri =~ ^https?://.+/debian/?$ ]]; then
			printf '%s\n' "${uri%/}"
		fi
	done | awk 'NR == 1 { first = $0 } END { print (NR ? first : "http://deb.debian.org/debian") }'
}

require_docker() {
	command -v docker >/dev/null || die "the docker command is missing: install Docker's command line client and engine"
	docker version --format '{{.Server.Version}}' >/dev/null ||
		die "the container engine does not answer: start it, or set DOCKER_HOST"
}

require_mmdebstrap() {
	command -v mmdebstrap >/dev/null ||
		die "mmdebstrap is missing: install the Debian package mmdebstrap (as root: apt-get install mmdebstrap)"
}

# Runs apt-get, and waits while another one on this machine holds a lock. apt-get waits by itself for dpkg's
# lock, but not for those of its lists and of its archives.
apt() {
	local log=$work/apt.log deadline=$((SECONDS + lock_wait)) told=
	until LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=$lock_wait "$@" 2>&1 | tee "$log" >&2; do
		grep -q 'Could not get lock' "$log" || die "apt-get $1 failed"
		((SECONDS < deadline)) || die "apt-get is locked by another program, and was for $lock_wait s: try again when that has ended"
		[[ $told ]] || say "waiting for another apt-get to end, for up to $lock_wait s"
		told=1
		sleep 1
	done
}

# Installs what the build needs. Once the packages have arrived, signals wait: half an installation would
# leave dpkg broken.
prepare() {
	local packages=(mmdebstrap debian-archive-keyring)
	if command -v mmdebstrap >/dev/null; then return; fi
	if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then require_mmdebstrap; fi
	say "installing it with apt-get"
	apt update
	apt install -y --no-install-recommends --download-only "${packages[@]}"
	(
		trap '' INT TERM
		apt install -y --no-install-recommends "${packages[@]}"
	)
}

# The hooks run inside mmdebstrap, on the finished tree $1.
redis_hook='
	mkdir "$1/data"
	chroot "$1" chown redis:redis /data
	chroot "$1" redis-server --version >&2
'

# The packages without the maintainer scripts of mysql-server bring neither account nor folders. The
# initialised data directory saves seconds at every start of a container; what must differ from
# server to server (its UUID, its keys) is left out, and mysqld makes it at the first start. A
# small redo log keeps the copy into each new volume short; mysqld enlarges it as needed.
mysql_hook='
	echo "mysql:x:999:" >>"$1/etc/group"
	echo "mysql:x:999:999::/var/lib/mysql:/usr/sbin/nologin" >>"$1/etc/passwd"
	chroot "$1" install -d -o mysql -g mysql -m 750 /var/lib/mysql
	chroot "$1" mysqld --no-defaults --initialize-insecure --user=mysql --datadir=/var/lib/mysql \
		--innodb-redo-log-capacity=16M >&2
	rm -f "$1"/var/lib/mysql/auto.cnf "$1"/var/lib/mysql/*.pem
	chroot "$1" mysqld --version >&2
'

# Becomes mmdebstrap, which writes the tree as a tar stream to standard output. As no shell stands
# between, a signal ends the pipeline only after mmdebstrap has cleaned up.
make_tree() {
	local kind=$1 packages=$2 hook=$3 entrypoint private=()
	# As root, mmdebstrap mounts /sys and parts of /dev in the tree. In a mount namespace of its own they
	# vanish with it, however it ends, and removing the tree can never reach into them.
	if [[ $EUID -eq 0 ]] && unshare --mount true 2>/dev/null; then
		private=(unshare --mount)
	fi
	entrypoint=$(printf '%q' "$here/$kind-entrypoint.sh")
	# A mirror may lag so far that its release file counts as expired. The tree is thrown away when
	# it is not finished, so dpkg need not sync.
	export TMPDIR=$work HOOK=$hook
	exec "${private[@]}" mmdebstrap --variant=apt --format=tar --include="$packages" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='force-unsafe-io' \
		--customize-hook="upload $entrypoint /usr/local/bin/entrypoint" \
		--customize-hook='chmod 755 "$1/usr/local/bin/entrypoint"' \
		--customize-hook='sh -euc "$HOOK" hook "$1"' \
		sid - "$mirror"
}

# Imports the tar stream on standard input, untagged, and prints the image's id.
import_tree() {
	local port=$1 folder=$2 command=$3
	docker import \
		--change 'LABEL onceover.image=1' \
		--change "EXPOSE $port" \
		--change "VOLUME $folder" \
		--change "WORKDIR $folder" \
		--change 'ENTRYPOINT ["entrypoint"]' \
		--change "CMD [\"$command\"]" \
		-
}

build() {
	local kind=$1 tag=$2 image=$work/image status=0
	say "packages from $mirror"
	case $kind in
	redis) make_tree redis redis-server "$redis_hook" | import_tree 6379 /data redis-server ;;
	mysql) make_tree mysql mysql-server-core,mysql-client-core "$mysql_hook" | import_tree 3306 /var/lib/mysql mysqld ;;
	esac >"$image" || status=1
	if [[ $status -ne 0 ]]; then
		# A tree that broke off may have been imported all the same.
		[[ ! -s $image ]] || docker rmi "$(<"$image")" >&2 || true
		die "could not build $tag"
	fi
	docker tag "$(<"$image")" "$tag"
	say "built in $SECONDS s"
	cat "$image"
}

case ${1-} in
-h | --help)
	usage
	exit
	;;
--print-mirror)
	[[ $# -le 2 ]] || misuse "--print-mirror takes one folder"
	find_mirror "${2-/etc/apt}"
	exit
	;;
prepare) [[ $# -eq 1 ]] || misuse "prepare takes no arguments" ;;
redis | mysql)
	[[ $# -eq 2 && -n $2 ]] || misuse "$1 needs one TAG"
	;;
*) misuse "say which image: redis or mysql" ;;
esac

here=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)
readonly lock_wait=300
if [[ $1 != prepare ]]; then
	require_docker
	require_mmdebstrap
	mirror=$(find_mirror /etc/apt)
fi

# mmdebstrap as an ordinary user works under other user ids, which must be able to enter the folder.
work=$(mktemp -d)
trap 'rm -rf --one-file-system -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 711 "$work"

case $1 in
prepare) prepare ;;
*) build "$1" "$2" ;;
esac
