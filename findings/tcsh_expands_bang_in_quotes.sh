#!/bin/sh
# tcsh -c expands "!" within single quotes, and allows no line break there.
#
# Version: Debian's tcsh 6.24.07-1.
# To be expected: history is for interactive shells; within single quotes every shell takes every
# character as it is.
# Behaviour: `!` followed by a letter is looked up in the history of a shell that has none, and ends
# the command: so `ssh host "echo 'a!b'"` fails where the login shell is tcsh. A backslash helps,
# also within the quotes, where it is kept in front of anything else. A line's end ends the quote.
#> echo 'hi!': hi!
#> echo 'a!b': b: Event not found.
#> echo 'a\!b': a!b
#> echo 'a\c': a\c
#> echo 'a<line break>b': Unmatched '''.
. "$(dirname "$0")/_lib.sh"
debian_packages tcsh=6.24.07-1

try() {
  printf '%s: %s\n' "$1" "$(debian/bin/tcsh -f -c "$2" 2>&1 | head -1)"
}
run() {
  [ -x debian/bin/tcsh ] || ln -s ../usr/bin/tcsh debian/bin/tcsh
  try "echo 'hi!'" "echo 'hi!'"
  try "echo 'a!b'" "echo 'a!b'"
  try "echo 'a\\!b'" "/bin/echo 'a\\!b'"
  try "echo 'a\\c'" "/bin/echo 'a\\c'"
  try "echo 'a<line break>b'" "echo 'a
b'"
}
see run
