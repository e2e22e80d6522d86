# shellcheck shell=bash
# The front panel in scripts/demo --test: the appliance runs on a kernel with simulated GPIO lines and a simulated I2C bus, and the
# kernel's own drivers above them, as on a Raspberry Pi with the overlay. Uses the variables of scripts/demo and lib-demo.sh.
# shellcheck disable=SC2154

# install_panel_kernel: that kernel in place of the appliance's own, and what works its buttons.
install_panel_kernel() {
	local tar
	tar=$("$BRAMBLE_ROOT/tests/fixtures/panel-kernel/build")
	mkdir -- "$out/appliance"
	mount -o loop -- "$out/appliance.img" "$out/appliance"
	at_exit "umount -- '$out/appliance' 2>/dev/null"
	rm -rf -- "$out"/appliance/usr/lib/modules/*
	tar -C "$out/appliance" --wildcards -xf "$tar" 'usr/lib/modules/*'
	install -m 755 -- "$BRAMBLE_ROOT/tests/fixtures/panel-kernel/panel-sim" "$out/appliance/usr/local/bin/panel-sim"
	umount -- "$out/appliance"
	rmdir -- "$out/appliance"
	tar --wildcards -xOf "$tar" 'boot/vmlinuz-*' >"$out/appliance.img.kernel"
	tar --wildcards -xOf "$tar" 'boot/initrd.img-*' >"$out/appliance.img.initrd"
}

# build_virtual_panel: the display that reads what was sent to a display.
build_virtual_panel() {
	local log=$out/virtual-panel.log
	find_dotnet || die "no .NET SDK"
	virtual_panel=$BRAMBLE_ROOT/artifacts/bin/Bramble.VirtualPanel/debug/virtual-panel.dll
	# scripts/test has just built it.
	[ -z "$(find "$BRAMBLE_ROOT"/{src/Bramble.Panel,src/Bramble.Linux,tests/Bramble.VirtualPanel} -type f -newer "$virtual_panel" 2>&1 | head -n 1)" ] && return
	dotnet build "$BRAMBLE_ROOT/tests/Bramble.VirtualPanel" -v q -clp:NoSummary >"$log" 2>&1 || { tail -n 20 -- "$log" >&2; die "virtual-panel does not build"; }
}

# wait_for_line TEXT: until the log of bramble has such a line, since the last time that this was asked.
wait_for_line() {
	# shellcheck disable=SC2016
	appliance timeout 60 sh -c 'until lines=$(journalctl -b -u bramble -o cat --cursor-file=/run/panel-cursor --no-pager); printf "%s\n" "$lines" | grep -F -m 1 -- "$1"; do sleep 0.3; done' sh "$1" | indent ||
		die "the log of bramble does not say: $1"
}

# rhythm LINE SECONDS LEAST-PERCENT MOST-PERCENT: the LED on that line blinks, and is lit for such a part of the time.
rhythm() {
	local seen lit changes
	seen=$(appliance panel-sim rhythm "$1" "$2")
	read -r _ lit _ changes <<<"$seen"
	printf '%s\n' "LED on line $1 for $2 s: lit $lit %, $changes changes (expected: lit $3 to $4 %)" | indent
	if [ "$changes" -lt 2 ] || [ "$lit" -lt "$3" ] || [ "$lit" -gt "$4" ]; then die "the LED on line $1 does not have the rhythm that it should have"; fi
}

# same_picture MODEL: what the display was sent is the picture that "bramble panel --png" writes, pixel by pixel. Both move
# on by themselves, so it is tried for a while.
same_picture() {
	local end=$((SECONDS + 60)) said=''
	while [ $SECONDS -lt $end ]; do
		appliance sh -c 'cd /run && bramble panel --png before.png && cat /sys/kernel/debug/i2c-sim/stream >stream &&
			bramble panel --png after.png && tar -cf - before.png stream after.png' | tar -C "$out" -xf -
		if said=$(dotnet "$virtual_panel" decode "$1" "$out/stream" "$out/glass.png") &&
			cmp -s "$out/before.png" "$out/after.png" && cmp -s "$out/before.png" "$out/glass.png"; then
			printf '%s\n' "$1: the glass shows the picture of bramble panel --png ($said)" | indent
			return
		fi
		sleep 0.3
	done
	die "$1: out/demo/glass.png, which the display shows, is not out/demo/after.png ($said)"
}

# panel_plugged_in: a box without a panel gets one.
panel_plugged_in() {
	wait_for_line 'Front panel: none.'
	appliance panel-sim chip
	appliance panel-sim display ssd1306-128x64
	appliance panel-sim parts
	wait_for_line 'at 0x3c, status LED bramble:status, activity LED bramble:activity, button bramble-keys.'
	same_picture ssd1306-128x64
	rhythm 17 9 85 99
}

# press_to_approve SERIAL: the board waits, somebody presses the button for a second and a half.
press_to_approve() {
	appliance timeout 60 sh -c "until bramble status --json | grep -q '\"unassigned\":\[{[^]]*\"$1\"'; do sleep 0.3; done" || die "the board $1 does not wait to be let in"
	rhythm 17 7 1 30
	same_picture ssd1306-128x64
	cp -- "$out/glass.png" "$out/panel-waits.png"
	appliance panel-sim press 1.5
	wait_for_line 'Front panel: OpenPairing'
	same_picture ssd1306-128x64
	cp -- "$out/glass.png" "$out/panel-pairing.png"
}

# check_panel: every kind of display, gone and back again; a bus that fails; lines without drivers; the board's own LED.
check_panel() {
	local model files now
	# shellcheck disable=SC2016
	count_files() { appliance sh -c 'ls /proc/$(systemctl show -P MainPID bramble)/fd | wc -l'; }
	files=$(count_files)
	for model in sh1106 ssd1306-128x32 ssd1306-128x64; do
		appliance panel-sim display none
		wait_for_line 'Front panel: display none'
		appliance panel-sim display "$model"
		wait_for_line 'Front panel: display S'
		same_picture "$model"
	done
	appliance panel-sim bus broken
	wait_for_line 'Front panel: display none'
	appliance bramble status >/dev/null || die "bramble does not answer while the bus fails"
	appliance panel-sim bus fine
	wait_for_line 'Front panel: display S'
	cp -- "$out/glass.png" "$out/panel-before.png"
	appliance panel-sim press 0.15
	same_picture ssd1306-128x64
	! cmp -s "$out/glass.png" "$out/panel-before.png" || die "a short press does not turn the page"
	now=$(count_files)
	[ "$now" -le "$files" ] || die "bramble has $now open files; before the display was pulled out it had $files"

	lap "the LED of a board without a panel"
	appliance panel-sim no-parts
	wait_for_line 'button none'
	appliance panel-sim parts bare
	wait_for_line 'status LED ACT,'
	rhythm 42 9 85 99
	appliance panel-sim no-parts
	wait_for_line 'status LED none'

	lap "LEDs and button on plain GPIO lines"
	# [panel] is the last section of this file.
	appliance sh -c "printf '%s\n' 'status-led = gpio:17' 'activity-led = gpio:22' 'button = gpio:27' >>/etc/bramble/bramble.conf"
	appliance systemctl reload bramble
	wait_for_line 'status LED gpio:17, activity LED gpio:22, button gpio:27.'
	rhythm 17 9 85 99
	same_picture ssd1306-128x64
	cp -- "$out/glass.png" "$out/panel-before.png"
	appliance panel-sim press 0.15
	same_picture ssd1306-128x64
	! cmp -s "$out/glass.png" "$out/panel-before.png" || die "a short press on a plain line does not turn the page"
}

# power_off_by_button: the button held for six seconds shuts the appliance down, to the very end.
power_off_by_button() {
	local end=$((SECONDS + 120))
	appliance panel-sim press 6 || true
	while kill -0 "$appliance_pid" 2>/dev/null; do
		[ $SECONDS -lt $end ] || die "the appliance did not shut down within two minutes"
		sleep 0.5
	done
	grep -aq 'reboot: Power down' "$out/appliance.console" || die "the appliance ended, but not by shutting down"
}
