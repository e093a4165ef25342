#!/bin/sh
# OpenSSH's server ignores "signal" requests (RFC 4254) in sessions of root.
#
# Version: Debian's openssh-server 1:9.2p1-2+deb12u10, asked by npm ssh2 1.17.0. Run as root.
# To be expected: since 7.9 the server sends the signal to the command, whoever has logged in.
# Behaviour: the request needs privilege separation behind the login, which root's sessions have
# not. It is ignored, and as the request wants no reply, the client is not told:
# stream.signal("TERM") seems to work, and the command goes on. Only the server's log has it.
# Dropbear has no such difference.
#> user: SIGTERM after 0.2 s: exit null SIGTERM
#> root: SIGTERM after 0.2 s: exit 0
#> the server's log: session signalling requires privilege separation
. "$(dirname "$0")/_lib.sh"
[ "$(id -u)" = 0 ] || {
  echo "Only root can start a server for two users."
  exit 2
}
node_packages ssh2@1.17.0
debian_packages openssh-server=1:9.2p1-2+deb12u10 openssh-client=1:9.2p1-2+deb12u10 libwrap0=7.6.q-32 \
  libnss-wrapper=1.1.12-1

libraries="$FOLDER/debian/usr/lib/x86_64-linux-gnu:$FOLDER/debian/lib/x86_64-linux-gnu"
chmod 755 "$FOLDER"
mkdir home
cat >passwd <<PASSWD
root:x:0:0:root:$FOLDER/home:/bin/sh
user:x:65534:65534:user:$FOLDER/home:/bin/sh
sshd:x:65533:65534::/run/sshd:/bin/false
PASSWD
echo "all:x:65534:" >group
for key in host id; do debian/usr/bin/ssh-keygen -q -t ed25519 -N "" -f $key; done
port=$((20000 + $$ * 7 % 20000))
cat >sshd_config <<CONF
Port $port
ListenAddress 127.0.0.1
HostKey $FOLDER/host
AuthorizedKeysFile $FOLDER/id.pub
PidFile none
StrictModes no
UsePAM no
CONF
# In a mount namespace of its own, as the server wants a directory of a fixed name below /run.
unshare --mount sh -c "mount -t tmpfs tmpfs /run && mkdir /run/sshd && LD_LIBRARY_PATH=$libraries \
  LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=$FOLDER/passwd NSS_WRAPPER_GROUP=$FOLDER/group \
  exec $FOLDER/debian/usr/sbin/sshd -D -e -f $FOLDER/sshd_config" 2>log &
ends_with_this $!

cat >run.mjs <<'JS'
import { readFileSync } from "node:fs";
import ssh2 from "ssh2";
const [, , port, ...users] = process.argv;
const privateKey = readFileSync("id");
const connect = (username) =>
  new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    client.on("ready", () => resolve(client)).on("error", reject);
    client.connect({ host: "127.0.0.1", port: Number(port), username, privateKey });
  });
const connectSoon = async (username, triesLeft = 20) => {
  try {
    return await connect(username);
  } catch (error) {
    if (triesLeft === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return connectSoon(username, triesLeft - 1);
  }
};
for (const user of users) {
  const client = await connectSoon(user);
  const exit = await new Promise((resolve, reject) =>
    client.exec("exec sleep 2", (error, stream) => {
      if (error) return reject(error);
      stream.resume().on("close", (code, signal) => resolve([code, signal].filter((each) => each !== undefined)));
      setTimeout(() => stream.signal("TERM"), 200);
    })
  );
  console.log(`${user}: SIGTERM after 0.2 s: exit ${exit.map(String).join(" ")}`);
  client.end();
}
JS
run() {
  node run.mjs "$port" user root
  echo "the server's log: $(grep -o 'session signalling requires privilege separation' log)"
}
see run
