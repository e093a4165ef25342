#!/bin/sh
# Dropbear's server runs a command in the process group and session of the connection itself.
#
# Version: Debian's dropbear-bin 2022.83-1+deb12u3, server and client.
# To be expected: a session of its own for each command, as with OpenSSH's sshd, where `kill -- -$$`
# and `kill 0` reach what the command has started, and nothing else.
# Behaviour: without a terminal there is no setsid(): the shell leads no group, so `kill -- -$$`
# finds none, and its group has the server's process for this connection in it: `kill 0`, a usual
# clean-up in a trap, ends the connection, too.
#> the shell leads its process group: no
#> its process group is that of its parent: yes
#> its parent is: dropbear
#> it reaches the group -$$: no
. "$(dirname "$0")/_lib.sh"
. "$(dirname "$SCRIPT")/_dropbear.sh"
start_dropbear

cat >home/look.sh <<'SH'
answer() {
  echo "$1: $([ "$2" = "$3" ] && echo yes || echo no)"
}
group() {
  cut -d' ' -f5 "/proc/$1/stat"
}
answer "the shell leads its process group" "$(group $$)" $$
answer "its process group is that of its parent" "$(group $$)" "$(group $PPID)"
echo "its parent is: $(cat /proc/$PPID/comm)"
kill -s 0 -- -$$ 2>/dev/null && found=yes || found=no
echo "it reaches the group -\$\$: $found"
SH
see remote '. ./look.sh'
