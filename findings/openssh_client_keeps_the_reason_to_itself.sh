#!/bin/sh
# OpenSSH's client does not show why OpenSSH's server turns it away.
#
# Version: Debian's openssh-server and openssh-client 1:9.2p1-2+deb12u10. Run as root.
# To be expected: a server with too many logins under way (MaxStartups) writes "Exceeded MaxStartups"
# before it closes the connection, so that the client shows that, at least in its error.
# Behaviour: the client passes over all lines before the banner, but for -v. What is shown is the same
# as of a port that belongs to another service, of a ProxyCommand that fails, and of a host that is
# starting: the connection was closed. So a script cannot tell a login that is worth another attempt.
#> the client says: kex_exchange_identification: Connection closed by remote host
#> with -v it adds: kex_exchange_identification: banner line 0: Exceeded MaxStartups
#> another service: kex_exchange_identification: Connection closed by remote host
#> a ProxyCommand that does nothing: kex_exchange_identification: Connection closed by remote host
. "$(dirname "$0")/_lib.sh"
[ "$(id -u)" = 0 ] || {
  echo "Only root can start a server with its usual set-up."
  exit 2
}
node_packages
debian_packages openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10 libwrap0=7.6.q-32 \
  libcbor0.8=0.8.0-2+b1 libfido2-1=1.12.0-2+b1 libnss-wrapper=1.1.12-1

libraries="$FOLDER/debian/usr/lib/x86_64-linux-gnu:$FOLDER/debian/lib/x86_64-linux-gnu"
chmod 755 "$FOLDER"
cat >passwd <<PASSWD
root:x:0:0:root:$FOLDER:/bin/sh
sshd:x:65533:65534::/run/sshd:/bin/false
PASSWD
echo "all:x:65534:" >group
debian/usr/bin/ssh-keygen -q -t ed25519 -N "" -f host
port=$((20000 + $$ * 7 % 20000))
cat >sshd_config <<CONF
Port $port
ListenAddress 127.0.0.1
HostKey $FOLDER/host
PidFile none
StrictModes no
UsePAM no
MaxStartups 1:100:1
CONF
# In a mount namespace of its own, as the server wants a directory of a fixed name below /run.
unshare --mount sh -c "mount -t tmpfs tmpfs /run && mkdir /run/sshd && LD_LIBRARY_PATH=$libraries \
  LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=$FOLDER/passwd NSS_WRAPPER_GROUP=$FOLDER/group \
  exec $FOLDER/debian/usr/sbin/sshd -D -e -f $FOLDER/sshd_config" 2>log &
ends_with_this $!

# A login that is under way, and another service: it reads the client's banner, and closes.
cat >run.mjs <<'JS'
import { connect, createServer } from "node:net";
import { writeFileSync } from "node:fs";
const hold = () =>
  connect(Number(process.argv[2]), "127.0.0.1")
    .on("error", () => setTimeout(hold, 100))
    .once("data", () => writeFileSync("held", ""));
hold();
const other = createServer((socket) =>
  socket.on("error", () => {}).once("data", () => socket.end())
);
other.listen(0, "127.0.0.1", () => writeFileSync("other", `${other.address().port}`));
JS
node run.mjs "$port" &
ends_with_this $!
while ! [ -s other ] || ! [ -e held ]; do sleep 0.1; done

# The server may be quicker to close than the client to write, which is another message.
login() {
  LD_LIBRARY_PATH="$libraries" debian/usr/bin/ssh -F none -T -oBatchMode=yes "$@" 127.0.0.1 true 2>&1 |
    sed 's/\r$//; s/: read: Connection reset by peer/: Connection closed by remote host/'
}
run() {
  echo "the client says: $(login -p "$port" | grep ^kex)"
  echo "with -v it adds: $(login -p "$port" -v | sed -n 's/^debug1: \(.*banner line\)/\1/p')"
  echo "another service: $(login -p "$(cat other)" | grep ^kex)"
  echo "a ProxyCommand that does nothing: $(login -oProxyCommand=true | grep ^kex)"
}
see run
