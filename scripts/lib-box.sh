# shellcheck shell=bash
# Shared by scripts/demo and scripts/bench-*: a network segment, the box in a virtual machine, and virtual Pis. The box starts from the
# image that is flashed. Uses the variables out, keep, verbose, console and failed_at of the script.
# shellcheck disable=SC2154

# The address that the box takes where no DHCP server answers, and this machine's.
SERVER=192.168.77.1
HOST=192.168.77.9
PI1_SERIAL=8a1b2c3d
PI2_SERIAL=5e6f7a8b
PI2_NAME=workshop
namespace=bramble-box-$$
pis=(pi1 pi2)
boot_files=''
# power_on of scripts/bench-powercut-boot puts a disk here that loses what was not flushed.
box_drive=''

# lap TEXT: a line with the time since the start.
lap() { printf '%s%2d:%02d%s  %s\n' "${_bold-}" $((SECONDS / 60)) $((SECONDS % 60)) "${_plain-}" "$*"; }
indent() { sed -u 's/^/      /'; }

# folded: a list of edits without the lines of each edit, unless --verbose.
folded() {
	if [ -n "$verbose" ]; then cat; return; fi
	awk '/^[0-9]+ edits:$/ { inside = 1 } !inside || /^([0-9]|  [^ ])/ { print; fflush() }'
}

in_segment() { ip netns exec "$namespace" "$@"; }

# make_segment: a bridge with this machine's end, the tap of the box, and for each Pi a network card (a veth pair, its end without an
# address) and the tap of its kernel.
make_segment() {
	local pi
	ip netns add "$namespace"
	ip -n "$namespace" link set lo up
	ip -n "$namespace" link add br0 type bridge mcast_snooping 0
	ip -n "$namespace" addr add "$HOST/24" dev br0
	ip -n "$namespace" link set br0 up
	in_segment sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
	for tap in tap-box "${pis[@]/#/tap-}"; do
		in_segment ip tuntap add "$tap" mode tap
		ip -n "$namespace" link set "$tap" master br0 up
	done
	for pi in "${pis[@]}"; do
		ip -n "$namespace" link add "$pi" type veth peer name "$pi-port"
		ip -n "$namespace" link set "$pi-port" master br0 up
		ip -n "$namespace" link set "$pi" up
	done
}

# end_segment NAMESPACE: ends every process in it and removes it.
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

# make_box: the image on a disk of 12 GiB, as a person flashes it, with a key in the file authorized_keys of its boot partition.
make_box() {
	local version
	"$here/image" --arch amd64 --raw
	version=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' "$BRAMBLE_ROOT/Directory.Build.props")
	cp --sparse=always -- "$BRAMBLE_ROOT/out/bramble-$version-amd64.img" "$out/box.img"
	truncate -s 12G "$out/box.img"
	ssh-keygen -q -N '' -C "${0##*/}" -t ed25519 -f "$out/key"
	mcopy -o -i "$out/box.img@@1M" "$out/key.pub" ::authorized_keys
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$out/efi-variables.fd"
}

# make_stick OUT FROM [NAME]: a disk with the contents of a folder, or with a file under that name. Much quicker than the network.
make_stick() {
	local folder bytes
	folder=$(mktemp -d -- "$out/stick.XXXXXX")
	if [ -d "$2" ]; then cp -r -- "$2"/. "$folder/"
	else ln -- "$2" "$folder/$3" 2>/dev/null || cp --sparse=always -- "$2" "$folder/$3"
	fi
	bytes=$(du -sb -- "$folder" | cut -f1)
	mkfs.ext4 -q -F -L stick -m 0 -O ^has_journal,^metadata_csum_seed,^orphan_file -d "$folder" "$1" "$((bytes / 1048576 + bytes / 20971520 + 32))M" >/dev/null
	rm -rf -- "$folder"
}

# start_box: powers it on: a PC with UEFI that starts from its disk. The stick is its second disk.
start_box() {
	local accel=tcg,thread=multi,tb-size=512 limit=7200
	if grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then accel=kvm; fi
	[ -z "$keep" ] || limit=7d
	# For emulators only. no_timer_check: on a busy machine the timer may be late when the kernel checks it, and the kernel panics.
	# mitigations=off: they cost time, and there is no processor to mislead.
	in_segment timeout "$limit" qemu-system-x86_64 -machine q35 -accel "$accel" -cpu max -smp 2 -m 1024 -display none -no-reboot -nodefaults \
		-drive if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
		-drive "if=pflash,format=raw,unit=1,file=$out/efi-variables.fd" \
		-smbios "type=11,value=io.systemd.boot.kernel-cmdline-extra=no_timer_check mitigations=off" \
		-drive "${box_drive:-file=$out/box.img,cache=unsafe},format=raw,if=virtio" \
		-drive "file=$out/stick.img,format=raw,if=virtio,readonly=on" \
		-netdev tap,id=n0,ifname=tap-box,script=no,downscript=no \
		-device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:02,romfile= -device virtio-rng-pci -device i6300esb \
		-serial "file:$out/box.console" -pidfile "$out/box.pid" </dev/null >"$out/box.qemu" 2>&1 &
	box_pid=$!
}

# box COMMAND…: runs it there as root, over one SSH connection that stays open.
box() {
	in_segment ssh -n -F none -i "$out/key" -o UserKnownHostsFile="$out/known-hosts" -o StrictHostKeyChecking=accept-new -o BatchMode=yes \
		-o IdentitiesOnly=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o LogLevel=ERROR \
		-o ControlMaster=auto -o ControlPath="$out/ssh" -o ControlPersist=yes "root@$SERVER" -- "$(printf '%q ' "$@")"
}
box_close() { in_segment ssh -q -F none -o ControlPath="$out/ssh" -O exit "root@$SERVER" 2>/dev/null; }

# box_up: it answers on the port of SSH. In a subshell: a signal's trap must not run with its standard error redirected.
box_up() { (in_segment timeout 2 bash -c "</dev/tcp/$SERVER/22") 2>/dev/null; }

wait_for_box() {
	# Emulated, on a busy machine, a start has been seen to take a quarter of an hour.
	local end=$((SECONDS + 1500))
	until box_up && box true 2>"$out/box.ssh"; do
		kill -0 "$box_pid" 2>/dev/null || die "the box's QEMU has ended: $(tail -n 3 -- "$out/box.qemu")"
		[ $SECONDS -lt $end ] || die "the box does not answer within 25 minutes. $(cat -- "$out/box.ssh" 2>/dev/null)"
		sleep 0.5
	done
	box timeout 600 sh -c 'until systemctl -q is-active nfs-server tgt bramble; do systemctl -q is-failed bramble && exit 1; sleep 0.5; done' || {
		box sh -c 'systemctl --no-pager status nfs-server tgt bramble; journalctl -b -u bramble -n 30 --no-pager' >"$out/box.units" 2>&1 || true
		console=$out/box.units
		die "nfs-server, tgt or bramble does not run on the box"
	}
	# What the stick holds.
	box sh -c 'mkdir -p /run/stick && mount -o ro LABEL=stick /run/stick'
}

# boot_pi NAME SERIAL: powers on a virtual Raspberry Pi 4 and shows its stages as they come; its log is NAME.jsonl.
boot_pi() {
	local name=$1 options=(--timeout 600 --file-timeout 300 --kernel-timeout 1200)
	[ -z "$boot_files" ] || options+=(--boot-files "$boot_files" --expect cmdline.txt)
	[ -z "$keep" ] || options+=(--keep)
	in_segment timeout --kill-after=10 1800 "$BRAMBLE_ROOT/out/virtual-pi" --model 4b --serial "$2" --interface "$name" \
		--run-kernel --tap "tap-$name" --until up --linger 12 --console "$out/$name.console" "${options[@]}" \
		</dev/null 2>"$out/$name.err" | tee "$out/$name.jsonl" | show_stages
}

# field JSON NAME: a value out of one flat JSON line.
field() {
	[[ $1 =~ \"$2\":\"(([^\"\\]|\\.)*)\" ]] && { printf '%s' "${BASH_REMATCH[1]}"; return; }
	[[ $1 =~ \"$2\":([^,}\"]*) ]] && printf '%s' "${BASH_REMATCH[1]}"
	return 0
}

# show_stages: reads JSON lines of virtual-pi and prints each stage at once.
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

# files_of_box: what is deleted when the script ends, beside the logs.
files_of_box() { rm -f -- "$out"/{box.img,efi-variables.fd,stick.img,key,key.pub,ssh}; }

# report_failure: the step that failed and the last lines of its logs.
report_failure() {
	local log
	say ''
	say "error: ${0##*/} stopped at: $failed_at"
	if [ -e "$out/ssh" ]; then
		box timeout 20 journalctl -b --no-pager -n 400 -u 'bramble*' -u nfs-server -u tgt >"$out/box.journal" 2>/dev/null
		[ ! -s "$out/box.journal" ] || { say "The end of the box's journal:"; tail -n 15 -- "$out/box.journal" | indent >&2; }
	fi
	for log in "$out/pi1.err" "$out/pi2.err" "$console"; do
		[ -s "$log" ] || continue
		say "The end of ${log#"$BRAMBLE_ROOT"/}:"
		tail -n 15 -- "$log" | tr -d '\r' | indent >&2
	done
	say "All logs: ${out#"$BRAMBLE_ROOT"/}"
}

# finish: runs when the script ends, for any reason.
finish() {
	set +e
	[ -z "$failed_at" ] || report_failure
	if [ -n "$keep" ] && [ -n "${box_pid-}" ] && kill -0 "$box_pid" 2>/dev/null; then
		printf '%s\n' "$namespace" >"$out/running"
		disown -a
		box_close
		cat <<-END

			Everything is left running. To log in to the box:
			  ip netns exec $namespace ssh -i $out/key -o UserKnownHostsFile=$out/known-hosts root@$SERVER
			To stop it:
			  scripts/demo --stop
		END
		return
	fi
	[ ! -e "$out/ssh" ] || box_close
	end_segment "$namespace"
	files_of_box
}
