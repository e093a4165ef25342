#!/bin/sh
# The `timeout` of coreutils, toybox and busybox disagree on the status of a timeout, and on a limit
# of 0.
#
# Version: Debian's busybox-static 1:1.35.0-4+deb12u1+b1, toybox 0.8.9+dfsg-1, coreutils 9.1-1.
# To be expected: 124 when the time is over, whatever the command makes of the signal; and 0 for no
# limit.
# Behaviour: busybox gives the command's own status: 143, or 0 where it minds SIGTERM, which cannot
# be told from success. toybox and busybox take 0 for "at once": a program that passes on 0 for
# "never" ends everything on such a machine.
#> coreutils: time over 124; SIGTERM minded 124; limit of 0: 0
#> toybox: time over 124; SIGTERM minded 124; limit of 0: 124
#> busybox: time over 143; SIGTERM minded 0; limit of 0: 143
. "$(dirname "$0")/_lib.sh"
debian_packages busybox-static=1:1.35.0-4+deb12u1+b1 toybox=0.8.9+dfsg-1 coreutils=9.1-1

status() {
  code=0
  "$@" 2>/dev/null || code=$?
  echo $code
}
try() {
  title=$1
  shift
  over=$(status "$@" 1 sleep 5)
  minded=$(status "$@" 1 sh -c 'trap "exit 0" TERM; sleep 3 & wait')
  none=$(status "$@" 0 sleep 2.5)
  echo "$title: time over $over; SIGTERM minded $minded; limit of 0: $none"
}
run() {
  try coreutils debian/usr/bin/timeout
  try toybox debian/bin/toybox timeout
  try busybox debian/bin/busybox timeout
}
see run
