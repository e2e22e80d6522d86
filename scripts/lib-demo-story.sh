# shellcheck shell=bash
# The story of scripts/demo --story: a classroom of three Raspberry Pis. Uses the variables of scripts/demo and lib-demo.sh.
# shellcheck disable=SC2154

# Client, its board's serial, its kind of root; pi1, pi2 and pi3 in this order.
story_clients=(kitchen hall workshop)
declare -A story_serial=([kitchen]=8a1b2c3d [hall]=5e6f7a8b [workshop]=1c2d3e4f)
declare -A story_root=([kitchen]=nfs [hall]=overlay [workshop]=iscsi)
declare -A story_card=([kitchen]=pi1 [hall]=pi2 [workshop]=pi3)
declare -A story_plugged=()

# plug_in CLIENT: a Raspberry Pi 4 that stays plugged in: whenever its system restarts or panics, it boots again. Boot N writes
# CLIENT.N.jsonl and CLIENT.N.console. Whether it is up is the server's to say.
plug_in() {
	local client=$1 card=${story_card[$1]} boot=0 pid
	# A job of its own, not a child that inherits our exit.
	(
		trap - EXIT INT TERM HUP
		while boot=$((boot + 1)); do
			in_segment "$BRAMBLE_ROOT/out/virtual-pi" --model 4b --serial "${story_serial[$client]}" --interface "$card" --run-kernel \
				--tap "tap-$card" --until kernel --keep --console "$out/$client.$boot.console" \
				</dev/null >"$out/$client.$boot.jsonl" 2>"$out/$client.err" || true
			pid=$(sed -n 's/.*QEMU goes on as process //p' "$out/$client.err")
			while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.5; done
			sleep 1
		done
	) &
	story_plugged[$client]=$!
	disown
}

# unplug_all: no Pi boots again. What runs of them ends with the segment.
unplug_all() {
	[ ${#story_plugged[@]} = 0 ] || kill -KILL "${story_plugged[@]}" 2>/dev/null || true
	story_plugged=()
}

# wait_until SECONDS WHAT COMMAND…: until it succeeds.
wait_until() {
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		kill -0 "$appliance_pid" 2>/dev/null || die "the appliance's QEMU has ended: $(tail -n 3 -- "$out/appliance.qemu")"
		[ $SECONDS -lt $end ] || die "$what: not within its time"
		sleep 2
	done
}

# boot_of CLIENT: "NUMBER STAGE SECONDS" of its last boot, as the server has seen it.
boot_of() {
	local shown
	shown=$(appliance bramble client show "$1" --json)
	[[ $shown =~ \"boot\":\{\"number\":([0-9]+) ]] || { printf '0 none 0\n'; return; }
	printf '%s %s ' "${BASH_REMATCH[1]}" "$(sed -nE 's/.*"stage":"([a-z]+)","stages".*/\1/p' <<<"$shown")"
	sed -nE 's/.*"stages":\{[^}]*"up":([0-9]+).*/\1/p; t; s/.*/0/p' <<<"$shown"
}

# is_up CLIENT BOOT: a boot after that one is up.
is_up() {
	local number stage
	read -r number stage _ < <(boot_of "$1")
	[ "$number" -gt "$2" ] && [ "$stage" = up ]
}

# wait_up CLIENT BOOT: until a boot after that one is up.
wait_up() {
	local seconds
	console=$(last_console "$1")
	wait_until 900 "$1 is not up" is_up "$1" "$2"
	read -r _ _ seconds < <(boot_of "$1")
	lap "$1 is up, $seconds s after it first asked"
}

# last_console CLIENT: the console of its last boot.
last_console() {
	local boot=1
	while [ -e "$out/$1.$((boot + 1)).console" ]; do boot=$((boot + 1)); done
	printf '%s\n' "$out/$1.$boot.console"
}

# is_broken CLIENT: its last console shows a system that cannot start.
is_broken() { grep -aqE "$broken" "$out/$1".*.console; }
broken="Kernel panic|Target filesystem doesn't have|No init found|\(initramfs\)|run-init:"

# pull_plug CLIENT: its power is gone for a moment; then it boots.
pull_plug() { kill -KILL "$(sed -n 's/.*QEMU goes on as process //p' "$out/$1.err")" 2>/dev/null || true; }

# on_pi CLIENT COMMAND…: on the Raspberry Pi itself, as its user would. Its host key must stay what it was when we first met, also where
# the root is in memory.
on_pi() {
	local client=$1 address
	shift
	address=$(field "$(appliance bramble client show "$client" --json)" address)
	in_segment timeout 120 ssh -n -i "$out/key" -o UserKnownHostsFile="$out/known-$client" -o StrictHostKeyChecking=accept-new -o BatchMode=yes \
		-o HostKeyAlias="$client" -o HostKeyAlgorithms=ssh-ed25519 -o IdentitiesOnly=yes -o ConnectTimeout=60 -o LogLevel=ERROR "root@$address" -- "$(printf '%q ' "$@")"
}

# edition CLIENT: what the image that it runs says of itself.
edition() { on_pi "$1" sh -c 'cat /etc/edition 2>/dev/null || echo 1'; }

# told COMMAND…: a command of the server, shown with what it prints and the time it took.
told() {
	local from=${EPOCHREALTIME/./} took
	printf '      # bramble %s\n' "$*"
	appliance bramble "$@" | folded | indent
	took=$((${EPOCHREALTIME/./} - from))
	printf '      (%d.%02d s)\n' $((took / 1000000)) $((took / 10000 % 100))
}

# watch_rollout STATE SECONDS: each client's phase as it changes, until the rollout has that state.
watch_rollout() {
	local seen='' now state end=$((SECONDS + $2)) line
	while :; do
		now=$(appliance bramble rollout status --json)
		state=$(sed -nE 's/^  "state": "([a-zA-Z]+)".*/\1/p' <<<"$now")
		while IFS= read -r line; do
			grep -qxF -- "$line" <<<"$seen" || lap "  $line"
		done < <(rollout_lines "$now")
		seen=$(rollout_lines "$now")
		[ "$state" != "$1" ] || break
		case $state in running | rollingBack) ;; *) die "the rollout is $state: $(sed -nE 's/^  "reason": "(.*)",?$/\1/p' <<<"$now")" ;; esac
		[ $SECONDS -lt $end ] || die "the rollout is still $state"
		sleep 2
	done
}

# rollout_lines JSON: "CLIENT, stage N: PHASE" for each client.
rollout_lines() {
	awk -F'"' '/"clients": \[/ { inside = 1 } inside && $2 == "name" { name = $4 }
		inside && $2 == "stage" { split($3, part, /[^0-9]+/); stage = part[2] + 1 }
		inside && $2 == "phase" { printf "%s, stage %d: %s\n", name, stage, $4 }' <<<"$1"
}

# tell_story: from an image to three Pis, a mishap, and a new version for all.
tell_story() {
	local client boot

	failed_at="adding the three clients"
	# What Raspberry Pi Imager does when it is asked to: a key for the maintainer.
	appliance install -D -m 600 /root/.ssh/authorized_keys /srv/bramble/images/raspios-1/root/root/.ssh/authorized_keys
	for client in "${story_clients[@]}"; do
		told client add "$client" --board "${story_serial[$client]}" --root "${story_root[$client]}"
	done

	echo
	failed_at="the first boot of the three"
	lap "plugging in three Raspberry Pi 4s: kitchen (NFS), hall (the shared image, changes in memory), workshop (iSCSI)"
	for client in "${story_clients[@]}"; do
		plug_in "$client"
		wait_up "$client" 0
		[ "$(edition "$client")" = 1 ] || die "$client runs another edition than 1"
	done
	told status

	echo
	failed_at="the mishap"
	lap "somebody works in the kitchen, and takes a snapshot"
	on_pi kitchen sh -c 'mkdir -p /home/pi && echo "two onions" >/home/pi/recipe && sync'
	told snapshot create kitchen good
	lap "then, on the kitchen's Pi: rm -rf /usr/lib/systemd, and it restarts"
	on_pi kitchen sh -c 'rm -rf /usr/lib/systemd 2>/dev/null; sync; (sleep 1; echo b >/proc/sysrq-trigger) >/dev/null 2>&1 &' || true
	wait_until 600 "the kitchen's broken root did not show" is_broken kitchen
	console=$(last_console kitchen)
	lap "it does not come up: $(tr -d '\r' <"$console" | grep -aoE -m 1 "($broken).*" | head -n 1 | cut -c1-80)"
	read -r boot _ < <(boot_of kitchen)
	told rollback kitchen good
	lap "somebody pulls its plug, and puts it back"
	pull_plug kitchen
	wait_up kitchen "$boot"
	[ "$(on_pi kitchen cat /home/pi/recipe)" = "two onions" ] || die "the kitchen lost its recipe"
	lap "and the recipe is still there"

	echo
	failed_at="the new version"
	lap "the kitchen's Pi gets something new, and becomes version 2 of the image"
	on_pi kitchen sh -c 'echo 2 >/etc/edition && echo "three onions" >/home/pi/recipe && sync'
	told image promote kitchen raspios-1@2
	failed_at="the rollout"
	told rollout start raspios-1@2 kitchen hall workshop --first 1 --then all --within 20 --now
	watch_rollout done 1500
	told rollout status
	for client in "${story_clients[@]}"; do
		[ "$(edition "$client")" = 2 ] || die "$client runs another edition than 2"
	done
	[ "$(on_pi kitchen cat /home/pi/recipe)" = "three onions" ] || die "the kitchen's /home was not carried over"
	lap "all three run version 2 and are the machines they were, by their SSH host keys; the kitchen has its /home"

	echo
	failed_at="the rollout of a broken version"
	lap "version 3 is broken: it has no systemd. It goes to one first"
	appliance sh -c 'btrfs -q subvolume snapshot /srv/bramble/images/raspios-1@2 /srv/bramble/images/raspios-1@3 >/dev/null &&
		cd /srv/bramble/images/raspios-1@3 && rm -rf root/usr/lib/systemd disk.img && sed -i "s/raspios-1@2/raspios-1@3/g" image.json'
	told rollout start raspios-1@3 kitchen hall workshop --first 1 --then all --within 2 --now
	watch_rollout rolledBack 900
	told rollout status
	pull_plug kitchen
	wait_up kitchen 0
	[ "$(edition kitchen)" = 2 ] || die "the kitchen does not run edition 2 again"
	lap "the other two were never touched, and the kitchen runs version 2 again"

	echo
	failed_at="the end"
	told status
	told doctor storage
	check_memory
}
