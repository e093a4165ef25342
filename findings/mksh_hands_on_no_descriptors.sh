#!/bin/sh
# mksh passes no descriptor above 2 that `exec` has opened to the commands that it starts.
#
# Version: Debian's mksh 59c-28+deb12u1, beside its busybox-static 1:1.35.0-4+deb12u1+b1.
# To be expected: `exec 3>file` opens 3 for the shell and what it starts, as in dash, bash, zsh and
# busybox.
# Behaviour: it is open in the shell alone. What is started finds 3 closed, "Bad file descriptor",
# while the same redirection behind the command, or `3>&3`, passes it on. So a lock or protocol that
# is held by such a descriptor does not reach the children.
#> busybox sh, exec 3>: inherited
#> busybox sh, cmd 3>: inherited
#> busybox sh, exec 3>, cmd 3>&3: inherited
#> mksh, exec 3>: not inherited
#> mksh, cmd 3>: inherited
#> mksh, exec 3>, cmd 3>&3: inherited
. "$(dirname "$0")/_lib.sh"
debian_packages mksh=59c-28+deb12u1 busybox-static=1:1.35.0-4+deb12u1+b1

try() {
  title=$1
  shift
  rm -f file
  "$@" 2>/dev/null
  [ -s file ] && echo "$title: inherited" || echo "$title: not inherited"
}
run() {
  write='sh -c "echo x >&3"'
  for shell in "debian/bin/busybox sh" debian/bin/mksh; do
    name=${shell#debian/bin/}
    name=${name%-static}
    try "${name}, exec 3>" $shell -c "exec 3>file; $write"
    try "${name}, cmd 3>" $shell -c "$write 3>file"
    try "${name}, exec 3>, cmd 3>&3" $shell -c "exec 3>file; $write 3>&3"
  done
}
see run
