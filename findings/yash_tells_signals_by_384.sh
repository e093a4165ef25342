#!/bin/sh
# yash reports a signal in $? as 384 plus its number, where other shells add 128.
#
# Version: Debian's yash 2.52-2, beside its busybox-static 1:1.35.0-4+deb12u1+b1.
# To be expected: $? is 143 for SIGTERM, as in dash, bash, zsh, mksh and busybox; POSIX asks for
# more than 128 only.
# Behaviour: $? is 399, in `wait`, too, which no process can exit with: so it cannot be mistaken for
# `exit 143`. Tests like [ $? -eq 137 ] or $? - 128 go wrong. The exit status of yash itself is 143
# again, as only 8 bits leave a process: 399 & 255 is 143.
#> busybox sh: 143, wait: 143, kill -l gives TERM, exits with 143
#> yash: 399, wait: 399, kill -l gives TERM, exits with 143
. "$(dirname "$0")/_lib.sh"
debian_packages yash=2.52-2 busybox-static=1:1.35.0-4+deb12u1+b1

try() {
  title=$1
  shift
  status=$("$@" -c 'sh -c "kill -TERM \$\$"; echo $?' 2>/dev/null)
  waited=$("$@" -c 'sleep 9 & kill -TERM $!; wait $!; echo $?' 2>/dev/null)
  name=$("$@" -c "kill -l $status")
  code=0
  "$@" -c 'sh -c "kill -TERM \$\$"; exit $?' 2>/dev/null || code=$?
  echo "$title: $status, wait: $waited, kill -l gives $name, exits with $code"
}
run() {
  try "busybox sh" debian/bin/busybox sh
  try "yash" debian/usr/bin/yash
}
see run
