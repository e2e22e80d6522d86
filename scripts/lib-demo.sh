# shellcheck shell=bash
# Parts of scripts/demo: the segment, the appliance's virtual machine, the virtual Pis, the proof. Uses its variables.
# shellcheck disable=SC2154

SERVER=10.77.0.2
HOST=10.77.0.1
POOL=10.77.0.100-10.77.0.199
PI1_SERIAL=8a1b2c3d
PI2_SERIAL=5e6f7a8b
PI2_NAME=workshop
namespace=bramble-demo-$$
pis=(pi1 pi2)
appliance_memory=1536
appliance_drive='' data_drive=''

# lap TEXT: a line with the time since the start.
lap() { printf '%s%2d:%02d%s  %s\n' "${_bold-}" $((SECONDS / 60)) $((SECONDS % 60)) "${_plain-}" "$*"; }
indent() { sed -u 's/^/      /'; }

# folded: a list of edits without what each of them says, unless --verbose.
folded() {
	if [ -n "$verbose" ]; then cat; return; fi
	awk '/^[0-9]+ edits:$/ { inside = 1 } !inside || /^([0-9]|  [^ ])/ { print; fflush() }'
}

in_segment() { ip netns exec "$namespace" "$@"; }

# make_segment: a bridge with this machine's end, the appliance's tap, and for each Pi its own network card (a veth pair,
# its end without an address) and the tap of its kernel.
make_segment() {
	local pi
	ip netns add "$namespace"
	ip -n "$namespace" link set lo up
	ip -n "$namespace" link add br0 type bridge
	ip -n "$namespace" addr add "$HOST/24" dev br0
	ip -n "$namespace" link set br0 up
	in_segment sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
	for tap in tap-srv "${pis[@]/#/tap-}"; do
		in_segment ip tuntap add "$tap" mode tap
		ip -n "$namespace" link set "$tap" master br0 up
	done
	for pi in "${pis[@]}"; do
		ip -n "$namespace" link add "$pi" type veth peer name "$pi-port"
		ip -n "$namespace" link set "$pi-port" master br0 up
		ip -n "$namespace" link set "$pi" up
	done
}

# end_segment NAMESPACE: ends every process in it and removes it; both are the demo's own.
end_segment() {
	local pids try
	[ -e "/run/netns/$1" ] || return 0
	for try in TERM TERM KILL; do
		pids=$(ip netns pids "$1") || break
		[ -n "$pids" ] || break
		# shellcheck disable=SC2086
		kill -"$try" $pids 2>/dev/null || true
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			[ -n "$(ip netns pids "$1")" ] || break
			sleep 0.2
		done
	done
	ip netns delete "$1"
}

# make_keys: who may log in to the appliance, and by what it is known.
make_keys() {
	ssh-keygen -q -N '' -C demo -t ed25519 -f "$out/key"
	ssh-keygen -q -N '' -C demo-appliance -t ed25519 -f "$out/host-key"
	printf '%s %s\n' "$SERVER" "$(cut -d' ' -f1,2 "$out/host-key.pub")" >"$out/known-hosts"
}

# make_media IMAGE NAME OUT: a disk with one file, the image: much quicker into the appliance than over its network.
make_media() {
	local folder bytes
	folder=$(mktemp -d -- "$out/media.XXXXXX")
	ln -- "$1" "$folder/$2" 2>/dev/null || cp --sparse=always -- "$1" "$folder/$2"
	bytes=$(stat -c %s -- "$1")
	mkfs.ext4 -q -F -L media -m 0 -O ^has_journal,^metadata_csum_seed,^orphan_file -d "$folder" "$3" "$((bytes / 1048576 + bytes / 20971520 + 32))M" >/dev/null
	rm -rf -- "$folder"
}

start_appliance() {
	local accel=tcg,thread=multi,tb-size=512 limit=1800
	if grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then accel=kvm; fi
	[ -z "${story-}" ] || limit=2h
	[ -z "$keep" ] || limit=7d
	# no_timer_check: on a busy machine the emulator's timer may be late at the one moment when the kernel wants to see it, and it panics.
	in_segment timeout "$limit" qemu-system-x86_64 -accel "$accel" -cpu max -smp 2 -m "$appliance_memory" -display none -no-reboot -nodefaults \
		-kernel "$out/appliance.img.kernel" -initrd "$out/appliance.img.initrd" \
		-append "root=LABEL=appliance rw console=ttyS0 quiet systemd.show_status=1 net.ifnames=0 mitigations=off no_timer_check panic=-1 systemd.default_device_timeout_sec=300" \
		-drive "${appliance_drive:-file=$out/appliance.img,cache=unsafe},format=raw,if=virtio" \
		-drive "${data_drive:-file=$out/data.img,cache=unsafe},format=raw,if=virtio" \
		-drive "file=$out/media.img,format=raw,if=virtio,readonly=on" \
		-netdev tap,id=n0,ifname=tap-srv,script=no,downscript=no \
		-device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:02,romfile= -device virtio-rng-pci \
		-serial "file:$out/appliance.console" -pidfile "$out/appliance.pid" </dev/null >"$out/appliance.qemu" 2>&1 &
	appliance_pid=$!
}

# appliance COMMAND…: runs it there as root, over one SSH connection that stays open.
appliance() {
	in_segment ssh -n -i "$out/key" -o UserKnownHostsFile="$out/known-hosts" -o StrictHostKeyChecking=yes -o BatchMode=yes \
		-o IdentitiesOnly=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o LogLevel=ERROR \
		-o ControlMaster=auto -o ControlPath="$out/ssh" -o ControlPersist=yes "root@$SERVER" -- "$(printf '%q ' "$@")"
}

wait_for_appliance() {
	local end=$((SECONDS + 300))
	# In a subshell: a signal's trap must not run with its standard error redirected.
	until (in_segment timeout 2 bash -c "</dev/tcp/$SERVER/22") 2>/dev/null; do
		kill -0 "$appliance_pid" 2>/dev/null || die "the appliance's QEMU has ended: $(tail -n 3 -- "$out/appliance.qemu")"
		[ $SECONDS -lt $end ] || die "the appliance does not answer on port 22 within 5 minutes"
		sleep 0.5
	done
	appliance timeout 120 sh -c 'until systemctl -q is-active nfs-server tgt bramble; do systemctl -q is-failed bramble && exit 1; sleep 0.5; done' || {
		appliance sh -c 'systemctl --no-pager status nfs-server tgt bramble; journalctl -b -u bramble -n 30 --no-pager' >"$out/appliance.units" 2>&1 || true
		console=$out/appliance.units
		die "nfs-server, tgt or bramble does not run on the appliance"
	}
}

# boot_pi NAME SERIAL: powers on a virtual Raspberry Pi 4 and shows its stages as they come; its log is NAME.jsonl.
boot_pi() {
	local name=$1 options=()
	[ -z "$boot_files" ] || options+=(--boot-files "$boot_files" --expect cmdline.txt)
	[ -z "$keep" ] || options+=(--keep)
	in_segment timeout --kill-after=10 600 "$BRAMBLE_ROOT/out/virtual-pi" --model 4b --serial "$2" --interface "$name" \
		--run-kernel --tap "tap-$name" --until up --linger 12 --console "$out/$name.console" "${options[@]}" \
		</dev/null 2>"$out/$name.err" | tee "$out/$name.jsonl" | show_stages
}

# field JSON NAME: a value out of one flat JSON line.
field() {
	[[ $1 =~ \"$2\":\"(([^\"\\]|\\.)*)\" ]] && { printf '%s' "${BASH_REMATCH[1]}"; return; }
	[[ $1 =~ \"$2\":([^,}\"]*) ]] && printf '%s' "${BASH_REMATCH[1]}"
	return 0
}

# show_stages: JSON lines of virtual-pi in, a table for people out, each line at once.
show_stages() {
	local line stage detail files=0 bytes=0 missing=0
	printf '      %10s  %-9s %s\n' seconds stage ''
	while IFS= read -r line; do
		stage=$(field "$line" stage) detail=''
		case $stage in
		discover) detail=$(field "$line" client) ;;
		offered | bound) detail=$(field "$line" address) ;;
		firmware) detail="$(field "$line" prefix)$(field "$line" file)" ;;
		file)
			files=$((files + 1)) bytes=$((bytes + $(field "$line" bytes)))
			[ -n "$verbose" ] || continue
			detail="$(field "$line" path), $(field "$line" bytes) bytes"
			;;
		missing)
			missing=$((missing + 1))
			[ -n "$verbose" ] || continue
			detail=$(field "$line" path)
			;;
		probe)
			[ -n "$verbose" ] || continue
			detail=$(field "$line" path)
			;;
		loaded) detail="$files files, $((bytes / 1048576)) MiB, every byte compared; $(field "$line" kernel), $(field "$line" initramfs)" ;;
		kernel | root | up) detail=$(field "$line" line) ;;
		retry | fault) detail="$(field "$line" code) at $(field "$line" at): $(field "$line" reason)" ;;
		esac
		printf '      %10.3f  %-9s %.100s\n' "$(field "$line" t)" "$stage" "$detail"
	done
}

# stages_table: the stages of both boots side by side, from their logs.
stages_table() {
	local stage pi line row
	# A board does not say when it has its root: the server sees the connection to it.
	local -A root
	for pi in pi1:"$PI1_SERIAL" pi2:"$PI2_SERIAL"; do
		line=$(appliance bramble client show "${pi#*:}" --json)
		[[ $line =~ \"stages\":\{[^}]*\"root\":([0-9.]+) ]] && root[${pi%%:*}]=${BASH_REMATCH[1]}
	done
	printf '      %-10s %12s %12s\n' 'stage' "NFS root" "iSCSI root"
	for stage in discover offered bound firmware loaded kernel root up; do
		row=()
		for pi in pi1 pi2; do
			line=$(grep -m 1 "\"stage\":\"$stage\"" "$out/$pi.jsonl") || line=''
			if [ "$stage" = root ]; then
				[ -n "${root[$pi]-}" ] || die "the server has not seen the root of $pi"
				row+=("$(printf '%.2f s' "${root[$pi]}")")
			elif [ -n "$line" ]; then row+=("$(printf '%.2f s' "$(field "$line" t)")"); else row+=(-); fi
		done
		printf '      %-10s %12s %12s\n' "$stage" "${row[@]}"
	done
}

# check_proof PI KIND: the fixture writes /var/lib/boot-proof at each boot and says the same on its console. What the
# server's disk holds must be of this very boot.
check_proof() {
	local pi=$1 kind=$2 told name proof type
	[ -n "$boot_files" ] || { lap "no proof to read: an image of your own writes none"; return; }
	told=$(grep -a -o -m 1 'boot-proof: .*' "$out/$pi.console" | tr -d '\r') || die "$pi did not say on its console what it wrote"
	name=$(sed -nE 's/.* hostname=([^ ]+).*/\1/p' <<<"$told")
	[[ $name =~ ^[A-Za-z0-9._-]+$ ]] || die "$pi said no host name: $told"
	if [ "$kind" = nfs ]; then
		proof=$(appliance cat "/srv/bramble/clients/$name/current/root/var/lib/boot-proof")
		type='nfs4?'
	else
		# The client's file system is still mounted there: read a copy, whose journal is replayed when it is mounted.
		proof=$(appliance sh -c "set -e; cd /srv/bramble/clients/$name/current; cp --reflink=auto disk.img /srv/bramble/proof.img
			mkdir -p /run/proof; mount -o loop /srv/bramble/proof.img /run/proof
			cat /run/proof/var/lib/boot-proof; umount /run/proof; rm /srv/bramble/proof.img")
		type=ext4
	fi
	echo
	printf '%s\n' "/var/lib/boot-proof of $name ($kind), read back on the server:"
	indent <<<"$proof"
	told=${told#boot-proof: } told=${told%"${told##*[! ]}"}
	[ "${proof//$'\n'/ }" = "$told" ] || die "that is not what $name said: $told"
	grep -qE "^root_type=$type\$" <<<"$proof" || die "$name has another kind of root than $kind"
	grep -qx 'unwanted=' <<<"$proof" || die "$name ran units that are for SD cards only"
	case $pi:$name in pi2:"$PI2_NAME" | pi1:*) ;; *) die "$pi calls itself $name, not $PI2_NAME" ;; esac
}

# finish: runs when the demo ends, whatever the reason.
finish() {
	set +e
	[ -z "${story-}" ] || unplug_all
	if [ -n "$failed_at" ]; then
		say ''
		say "error: the demo stopped at: $failed_at"
		if [ -e "$out/ssh" ]; then
			appliance timeout 20 journalctl -b --no-pager -n 400 -u 'bramble*' -u nfs-server -u tgt >"$out/appliance.journal" 2>/dev/null
			[ ! -s "$out/appliance.journal" ] || { say "The last of the appliance's journal:"; tail -n 15 -- "$out/appliance.journal" | indent >&2; }
		fi
		for log in "$out/pi1.err" "$out/pi2.err" "$console"; do
			[ -s "$log" ] || continue
			say "The last of ${log#"$BRAMBLE_ROOT"/}:"
			tail -n 15 -- "$log" | tr -d '\r' | indent >&2
		done
		say "All logs: out/demo"
	fi
	if [ -n "$keep" ] && [ -n "${appliance_pid-}" ] && kill -0 "$appliance_pid" 2>/dev/null; then
		printf '%s\n' "$namespace" >"$out/running"
		disown -a
		appliance_close
		cat <<-END

			Everything is left running. To log in to the appliance, as root:
			  ip netns exec $namespace ssh -i $out/key -o UserKnownHostsFile=$out/known-hosts root@$SERVER
			To end it:
			  scripts/demo --stop
		END
		return
	fi
	[ ! -e "$out/ssh" ] || appliance_close
	end_segment "$namespace"
	rm -f -- "$out"/{appliance.img,appliance.img.kernel,appliance.img.initrd,data.img,media.img,key,key.pub,host-key,host-key.pub}
}
appliance_close() { in_segment ssh -q -o ControlPath="$out/ssh" -O exit "root@$SERVER" 2>/dev/null; }

# check_memory: the whole box is to run on a Pi with 512 MB, so the server has a budget.
check_memory() {
	local high
	high=$(appliance sh -c 'sed -n "s/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p" /proc/$(systemctl show -P MainPID bramble)/status')
	printf '%s\n' "bramble serve, resident at most so far: $((high / 1024)) MiB (budget 40)"
	[ "$high" -lt 40960 ] || die "bramble serve takes more memory than its budget"
}

# check_watchdog: stalls the loop that serves TFTP, and nothing else of the process, as a debugger does, and waits for systemd to
# notice and to start the server anew.
check_watchdog() {
	local stall='my $pid = shift; for my $task (glob "/proc/$pid/task/*") {
		open my $comm, "<", "$task/comm" or next; next unless <$comm> eq "bramble-tftp\n"; $task =~ /(\d+)$/;
		syscall(101, 0x4206, $1 + 0, 0, 0) == 0 or die "PTRACE_SEIZE: $!\n"; syscall(101, 0x4207, $1 + 0, 0, 0) == 0 or die "PTRACE_INTERRUPT: $!\n";
		sleep 90; exit } die "no thread bramble-tftp\n"'
	appliance sh -c "pid=\$(systemctl show -P MainPID bramble); perl -e '$stall' \$pid & stall=\$!
		for second in \$(seq 90); do
			now=\$(systemctl show -P MainPID bramble)
			if [ \$now != \$pid ] && [ \$now != 0 ] && systemctl is-active -q bramble; then
				kill \$stall 2>/dev/null; echo \"stalled for \$second s, then: \$(journalctl -b -u bramble -g 'atchdog' -o cat -n 1 --no-pager)\"; exit 0
			fi
			kill -0 \$stall || exit 1
			sleep 1
		done; echo 'systemd did not restart it' >&2; exit 1" | indent
	appliance bramble status | grep -q '2 up' || die "after its restart the server does not know its clients any more"
}

# stop_kept: ends what an earlier run with --keep left running.
stop_kept() {
	local kept
	[ -e "$out/running" ] || { say "no demo was kept running"; return; }
	kept=$(cat -- "$out/running")
	case $kept in bramble-demo-*) end_segment "$kept" ;; esac
	rm -f -- "$out"/{running,ssh,appliance.img,appliance.img.kernel,appliance.img.initrd,data.img,media.img,key,key.pub,host-key,host-key.pub}
	say "stopped; the logs are still in out/demo"
}
