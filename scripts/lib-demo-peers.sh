# shellcheck shell=bash
# Strangers at the appliance's doors, in scripts/demo --test: real iSCSI and NFS clients with a wrong secret, a wrong name, a wrong
# address. Uses the variables of scripts/demo and lib-demo.sh.
# shellcheck disable=SC2154

# A second machine's address on this machine's end of the segment.
STRANGER=10.77.0.9

# as_stranger COMMAND…: with another source address than the one that the root is open to.
as_stranger() {
	local status=0
	ip -n "$namespace" addr replace "$STRANGER/24" dev br0
	ip -n "$namespace" route replace "$SERVER" dev br0 src "$STRANGER"
	"$@" || status=$?
	ip -n "$namespace" route del "$SERVER" dev br0
	ip -n "$namespace" addr del "$STRANGER/24" dev br0
	return $status
}

# has_disk INITIATOR SECRET: logs in to the target of the client "peer" with iscsi-test-cu, and asks the disk what it is.
has_disk() {
	in_segment timeout 60 iscsi-test-cu -i "$1" -t SCSI.Inquiry.Standard "iscsi://peer%$2@$SERVER/iqn.2026-01.org.bramble:peer/1" >"$out/peer.log" 2>&1 &&
		grep -q 'Standard ...passed' "$out/peer.log"
}

# lists_target INITIATOR: the target is in what iscsi-ls is told.
lists_target() { in_segment timeout 60 iscsi-ls -i "$1" "iscsi://$SERVER/" 2>>"$out/peer.log" | grep -q org.bramble:peer; }

# has_files PATH VERSION: nfs-ls lists a folder of an export.
has_files() { in_segment timeout 60 nfs-ls "nfs://$SERVER$1?version=$2" >"$out/peer.log" 2>&1 && [ -s "$out/peer.log" ]; }

refused() { ! "$@"; }

# peer_value NAME: a value of the peer's state.
peer_value() { appliance sed -n "s/^  \"$1\": \"\([^\"]*\)\".*/\1/p" /srv/bramble/clients/peer/current/state.json; }

# check_peers: who may have a root is its client alone.
check_peers() {
	local name secret files=/srv/bramble/clients/peer/states/1/boot version what
	appliance bramble client add peer --board 0badcafe --root iscsi --address "$HOST" >/dev/null
	appliance timeout 120 sh -c 'until [ -e /srv/bramble/clients/peer/current ]; do sleep 0.5; done'
	# As the boot server does when the client's board gets its address.
	appliance busctl call org.bramble.Storage1 /org/bramble/Storage1 org.bramble.Storage1 PublishRoot ss peer "$HOST"
	name=$(peer_value initiatorName) secret=$(peer_value chapSecret)
	try() {
		what=$1
		shift
		"$@" || die "$what: it is not so. $(tail -n 3 -- "$out/peer.log")"
		printf '      %s\n' "$what"
	}
	try "iSCSI: its own client gets the disk" has_disk "$name" "$secret"
	try "iSCSI: a wrong secret gets nothing" refused has_disk "$name" "wrongwrongwrong1"
	try "iSCSI: a foreign initiator gets nothing" refused has_disk "$name.x" "$secret"
	try "iSCSI: nobody is told which targets there are" refused lists_target "$name"
	try "iSCSI: the right name and secret from a foreign address get nothing" refused as_stranger has_disk "$name" "$secret"
	for version in 3 4; do
		try "NFSv$version: its own client gets the files" has_files "$files" $version
		try "NFSv$version: a foreign address gets nothing" refused as_stranger has_files "$files" $version
		try "NFSv$version: another client's root is not this one's" refused has_files "/srv/bramble/clients/$PI1_CLIENT/states/1/root" $version
	done
	try "iSCSI: and its own client still gets the disk" has_disk "$name" "$secret"
	appliance sh -c '! journalctl -b --no-pager | grep -F "$1"' sh "$secret" || die "the secret is in the journal"
	appliance sh -c '! setpriv --reuid bramble --regid bramble --clear-groups cat /srv/bramble/clients/peer/current/state.json 2>/dev/null' || die "the secret is readable"
	printf '      the secret is in no log, and root alone can read it\n'
	appliance bramble client remove peer >/dev/null
}

# check_schedule: the nightly snapshots, by systemd.
check_schedule() {
	appliance systemctl is-active -q bramble-snapshot.timer || die "bramble-snapshot.timer does not wait"
	appliance systemctl start bramble-snapshot.service
	appliance bramble snapshot list | grep -c ' schedule ' | sed 's/$/ snapshots taken by bramble-snapshot.service; next at '"$(appliance systemctl show -P NextElapseUSecRealtime bramble-snapshot.timer)"'/' | indent
	appliance bramble snapshot list "$PI1_CLIENT" | grep -q ' schedule ' || die "the timer's service took no snapshot of $PI1_CLIENT"
}
