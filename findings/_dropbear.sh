# shellcheck shell=sh
# Sourced behind _lib.sh by findings about Dropbear.

# Unpacks Dropbear 2022.83, starts its server on a free port of loopback for this user, with a home
# below $FOLDER, and defines `remote COMMAND`, which has that run by Dropbear's client.
start_dropbear() {
  debian_packages dropbear-bin=2022.83-1+deb12u3 libtomcrypt1=1.18.2-6 libtommath1=1.2.0-6+deb12u1 \
    libnss-wrapper=1.1.12-1
  libraries="$FOLDER/debian/usr/lib/x86_64-linux-gnu"
  programs="$FOLDER/debian/usr"
  mkdir -p home/.ssh
  chmod 700 home home/.ssh
  for key in host id; do
    LD_LIBRARY_PATH="$libraries" "$programs/bin/dropbearkey" -t ed25519 -f "$key" >"$key.text" 2>/dev/null
  done
  grep ^ssh-ed25519 id.text >home/.ssh/authorized_keys
  chmod 600 home/.ssh/authorized_keys
  echo "user:x:$(id -u):$(id -g):user:$FOLDER/home:/bin/sh" >passwd
  echo "user:x:$(id -g):" >group
  for attempt in 1 2 3 4 5; do
    port=$((20000 + ($$ * 7 + attempt * 1009) % 20000))
    LD_LIBRARY_PATH="$libraries" LD_PRELOAD="$libraries/libnss_wrapper.so" \
      NSS_WRAPPER_PASSWD="$FOLDER/passwd" NSS_WRAPPER_GROUP="$FOLDER/group" \
      "$programs/sbin/dropbear" -F -E -m -r host -p "127.0.0.1:$port" -P pid >dropbear.log 2>&1 &
    ends_with_this $!
    sleep 1
    kill -0 $! 2>/dev/null && return
  done
  cat dropbear.log
  exit 1
}

remote() {
  HOME="$FOLDER/home" LD_LIBRARY_PATH="$libraries" "$programs/bin/dbclient" -y -y -i id -p "$port" \
    user@127.0.0.1 "$1" 2>/dev/null
}
