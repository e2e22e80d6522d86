# Where the box stands, for whoever has just logged in.
case $- in
*i*) bramble status 2>/dev/null || echo "The boot server does not answer: journalctl -u bramble" ;;
esac
