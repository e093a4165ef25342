#!/bin/sh
# Dropbear's server ends a command's channel when its shell exits, and drops what others write
# later.
#
# Version: Debian's dropbear-bin 2022.83-1+deb12u3, server and client.
# To be expected: as OpenSSH's: the channel ends when stdout and stderr of the command are at their
# end, so `ssh host 'job & echo started'` waits for the job, and has its output.
# Behaviour: it ends with the shell. What a process in the background writes later is lost, and it
# is ended by SIGPIPE, or goes on where it writes nothing.
#> output: main
#> it took less than 2 s: true
#> the process in the background could write: no
. "$(dirname "$0")/_lib.sh"
. "$(dirname "$SCRIPT")/_dropbear.sh"
start_dropbear

run() {
  start=$(date +%s%N)
  output=$(remote '(trap "" PIPE; sleep 3; echo late && echo yes >wrote || echo no >wrote) 2>/dev/null & echo main')
  echo "output:" $output
  [ $((($(date +%s%N) - start) / 1000000)) -lt 2000 ] && echo "it took less than 2 s: true"
  until [ -s home/wrote ]; do sleep 0.1; done
  echo "the process in the background could write: $(cat home/wrote)"
}
see run
