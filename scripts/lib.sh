# shellcheck shell=bash
# Shared by everything under scripts/, image/ and tests/fixtures/. Source it, do not run it.

BRAMBLE_ROOT=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
BRAMBLE_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/bramble

# Debian release that the image and the fixtures are made of.
BRAMBLE_SUITE=trixie

# Numbers with points, and messages that can be searched.
export LC_ALL=C.UTF-8

# Quiet tools, and no build servers left behind.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

say() { printf '%s\n' "$*" >&2; }
step() { printf '%s==>%s %s\n' "${_bold-}" "${_plain-}" "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
if [ -t 2 ]; then _bold=$'\e[1m'; _plain=$'\e[0m'; fi

# as_root COMMAND…: runs it as root, by sudo when we are not.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null; then sudo -- "$@"
	else die "this needs root: run it as root, or install sudo ($*)"
	fi
}

# reexec_as_root "$@": starts the calling script again as root where it is not, keeping cache and home.
reexec_as_root() {
	[ "$(id -u)" = 0 ] && return
	command -v sudo >/dev/null || die "this needs root: run $0 as root, or install sudo"
	exec sudo -- env "HOME=$HOME" "XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}" "PATH=$PATH" "$0" "$@"
}

# cache_dir: the cache folder, made if need be.
cache_dir() { mkdir -p -- "$BRAMBLE_CACHE"; printf '%s\n' "$BRAMBLE_CACHE"; }

# recipe_hash FILE-OR-FOLDER-OR-TEXT…: a short hash of the contents and modes of files, and of other words as they are.
recipe_hash() {
	local part
	for part in "$@"; do
		if [ -d "$part" ]; then
			(cd -- "$part" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
				find . \( -type f -perm -u+x -o -type l \) -printf '%p %l\n' | LC_ALL=C sort)
		elif [ -f "$part" ]; then sha256sum <"$part"
		else printf '%s\n' "$part"
		fi
	done | sha256sum | cut -c1-12
}

# temp_dir: sets TEMP_DIR to a new folder in the cache (real disk, same file system as what is built), removed at exit.
temp_dir() {
	cache_dir >/dev/null
	TEMP_DIR=$(mktemp -d -- "$BRAMBLE_CACHE/tmp.XXXXXX")
	at_exit "rm -rf --one-file-system -- '$TEMP_DIR'"
}

# at_exit COMMAND: runs it when the shell ends, last given first; also after Ctrl-C and SIGTERM.
_at_exit=() _at_exit_shell=
at_exit() {
	# A subshell inherits the list but not the trap, so it has a list of its own.
	if [ "$_at_exit_shell" != "$BASHPID" ]; then
		_at_exit=() _at_exit_shell=$BASHPID
		trap _run_at_exit EXIT
		trap 'exit 130' INT
		trap 'exit 143' TERM HUP
	fi
	_at_exit+=("$1")
}
_run_at_exit() {
	local status=$? i
	trap '' INT TERM HUP
	for ((i = ${#_at_exit[@]} - 1; i >= 0; i--)); do eval "${_at_exit[i]}" || true; done
	exit "$status"
}

# apt_sources: "URI SUITE COMPONENT…", a line for each source of binary packages that this machine's apt has switched on,
# from one-line (.list) and deb822 (.sources) files.
apt_sources() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
		sed -nE 's/^[[:space:]]*deb[[:space:]]+(\[[^]]*\][[:space:]]*)?([^[:space:]#]+)[[:space:]]+([^[:space:]#]+)([^#]*).*/\2 \3\4/p'
	local file
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -f "$file" ] || continue
		grep -v '^#' "$file" | awk '
			function put(  i, j, u, s, n, m) {
				if (types ~ /(^| )deb( |$)/ && tolower(enabled) != "no") {
					n = split(uris, u, " "); m = split(suites, s, " ")
					for (i = 1; i <= n; i++) for (j = 1; j <= m; j++) print u[i], s[j], components
				}
				types = uris = suites = components = enabled = ""
			}
			/^[ \t]*$/ { put(); next }
			/^[^ \t]/ { key = tolower($1); $1 = "" }
			{ gsub(/\t/, " ")
			  if (key == "types:") types = types " " $0
			  if (key == "uris:") uris = uris " " $0
			  if (key == "suites:") suites = suites " " $0
			  if (key == "components:") components = components " " $0
			  if (key == "enabled:") enabled = $2 $1 }
			END { put() }'
	done
}

# apt_mirror: address of the Debian archive that this machine's own apt uses.
apt_mirror() {
	local uri
	# Third parties name their suites after Debian's too; an archive's path ends in /debian, and it has "main".
	uri=$(apt_sources | awk -v name="$(codename)" '
		($2 == name || $2 == name "-updates" || $2 == name "-backports") && / main( |$)/ {
			sub(/\/$/, "", $1)
			if ($1 ~ /\/debian$/) { print $1; found = 1; exit }
			if (other == "") other = $1
		}
		END { if (!found && other != "") print other }')
	[ -n "$uri" ] || die "no Debian archive for $(codename) in /etc/apt/sources.list or /etc/apt/sources.list.d"
	printf '%s\n' "$uri"
}

# codename: bookworm, trixie…
codename() { (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}"); }

# host_rid: what .NET calls this machine: linux-x64 or linux-arm64.
host_rid() {
	case $(uname -m) in
	x86_64) printf 'linux-x64\n' ;;
	aarch64) printf 'linux-arm64\n' ;;
	*) die "there is no Native AOT for $(uname -m): linux-x64 and linux-arm64 only" ;;
	esac
}

# find_dotnet: puts a .NET SDK that global.json accepts on PATH, the machine's own or the one that scripts/setup fetched.
find_dotnet() {
	if ! has_dotnet && [ -x "$BRAMBLE_CACHE/dotnet/dotnet" ]; then
		export DOTNET_ROOT=$BRAMBLE_CACHE/dotnet PATH=$BRAMBLE_CACHE/dotnet:$PATH
		# That one comes without ICU, which nothing here needs.
		export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
	fi
	has_dotnet
}
has_dotnet() { command -v dotnet >/dev/null && (cd / && dotnet --list-sdks 2>/dev/null) | grep -qE '^10\.[0-9]+\.[1-9][0-9]{2}'; }

# cached NAME HASH EXTENSION COMMAND…: path of the cached file NAME-HASH.EXTENSION. Where it is missing, COMMAND is run
# with a temporary name as its last word and what it made is renamed when complete; one maker at a time.
cached() {
	local name=$1 file part lock
	file=$(cache_dir)/$1-$2.$3
	shift 3
	if [ ! -e "$file" ]; then
		exec {lock}>"$BRAMBLE_CACHE/$name.lock"
		flock "$lock"
		if [ ! -e "$file" ]; then
			part=$file.part
			rm -rf -- "$part"
			"$@" "$part" >&2 || { rm -rf -- "$part"; die "could not make $file"; }
			mv -- "$part" "$file"
			# Earlier recipes' results go after a fortnight without use.
			find "$BRAMBLE_CACHE" -maxdepth 1 -name "$name-*" ! -name "${file##*/}" -mtime +14 -exec rm -rf -- {} +
		fi
		exec {lock}>&-
	fi
	printf '%s\n' "$file"
}

# with_binfmt COMMAND…: runs it while the kernel starts arm64 programs with qemu-user. Needs root where it does not yet. Of several at
# once the last one takes back what the first one set up.
with_binfmt() {
	local binfmt=/proc/sys/fs/binfmt_misc ours lock status=0
	if [ "$(dpkg --print-architecture)" = arm64 ]; then "$@"; return; fi
	ours=$(cache_dir)/binfmt.registered
	exec {lock}>"$(cache_dir)/binfmt.lock"
	flock -s "$lock"
	if [ ! -e $binfmt/register ]; then
		printf 'mounted\n' >"$ours"
		mount -t binfmt_misc binfmt_misc $binfmt
	fi
	if [ ! -e $binfmt/qemu-aarch64 ]; then
		printf 'registered\n' >>"$ours"
		printf '%s' "$(cat /usr/lib/binfmt.d/qemu-aarch64.conf)" >$binfmt/register || [ -e $binfmt/qemu-aarch64 ]
	fi
	"$@" {lock}>&- || status=$?
	if flock -n "$lock" && [ -e "$ours" ]; then
		printf -- -1 >$binfmt/qemu-aarch64
		! grep -qx mounted "$ours" || umount $binfmt
		rm -f -- "$ours"
	fi
	exec {lock}>&-
	return $status
}

# quietly NAME: keeps the output of a long command in the cache and shows its end only when the command fails (the
# command before it in the pipe; pipefail is on).
quietly() {
	local log
	log=$(cache_dir)/$1.log
	cat >"$log"
}
