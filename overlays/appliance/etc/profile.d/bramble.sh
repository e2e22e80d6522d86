# Where the box stands, for whoever has just logged in.
# What Bramble tells people to type begins with sudo; here they are root.
command -v sudo >/dev/null || sudo() { "$@"; }
case $- in
*i*) bramble status 2>/dev/null || echo "The boot server does not answer: journalctl -u bramble" ;;
esac
