#!/bin/sh
# OpenSSH's client takes -q and -v over -oLogLevel, wherever they stand.
#
# Version: Debian's openssh-client 1:9.2p1-2+deb12u10.
# To be expected: "for each parameter, the first obtained value will be used" (ssh_config(5)), so of
# -oLogLevel=ERROR and -q, the first counts.
# Behaviour: -q and -v set the level at once, whatever was set before; a LogLevel behind them is
# ignored as a second value. So a program that puts an option of its own in front of its user's
# (`ssh -oLogLevel=ERROR $OPTIONS host`), to read from stderr why a login has failed, reads nothing
# where those have a -q: the exit status is 255 for every reason. `ssh -G` tells what counts, but calls
# the level SILENT, which no manual names.
#> -oLogLevel=ERROR -oLogLevel=QUIET: loglevel ERROR
#> -oLogLevel=QUIET -oLogLevel=ERROR: loglevel SILENT
#> -oLogLevel=ERROR -q: loglevel SILENT
#> -q -oLogLevel=ERROR: loglevel SILENT
#> -oLogLevel=QUIET -v: loglevel DEBUG
#> a refused connection, with -oLogLevel=ERROR -q: status 255, 0 lines on stderr
. "$(dirname "$0")/_lib.sh"
debian_packages openssh-client=1:9.2p1-2+deb12u10 libcbor0.8=0.8.0-2+b1 libfido2-1=1.12.0-2+b1

run() {
  export LD_LIBRARY_PATH="$FOLDER/debian/usr/lib/x86_64-linux-gnu"
  ssh=$FOLDER/debian/usr/bin/ssh
  while read -r options; do
    # shellcheck disable=SC2086
    echo "$options: $("$ssh" -F none -G $options -- example.invalid 2>/dev/null | grep '^loglevel')"
  done <<OPTIONS
-oLogLevel=ERROR -oLogLevel=QUIET
-oLogLevel=QUIET -oLogLevel=ERROR
-oLogLevel=ERROR -q
-q -oLogLevel=ERROR
-oLogLevel=QUIET -v
OPTIONS
  status=0
  "$ssh" -F none -oLogLevel=ERROR -q -p 1 127.0.0.1 true 2>stderr || status=$?
  echo "a refused connection, with -oLogLevel=ERROR -q: status $status, $(wc -l <stderr) lines on stderr"
}
see run
