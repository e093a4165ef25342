#!/bin/sh
# srun runs a program in /tmp when the directory that it should run in is not there.
#
# Version: Debian's Slurm 22.05.8-4+deb12u3.
# To be expected: an error, as the directory was named: --chdir=/no/such. `env -C` fails.
# Behaviour: a line on stderr, and the program runs in /tmp, with exit status 0: so what it writes
# by relative paths is in the node's /tmp, beside that of other jobs.
#> --chdir=/no/such/directory: runs in /tmp, exit status 0
#> stderr says: going to /tmp instead
#> wrote its result: /tmp
. "$(dirname "$0")/_lib.sh"
. "$(dirname "$SCRIPT")/_slurm.sh"
start_slurm

run() {
  code=0
  where=$(srun -Q --chdir=/no/such/directory pwd 2>stderr) || code=$?
  echo "--chdir=/no/such/directory: runs in $where, exit status $code"
  echo "stderr says: $(grep -o 'going to /tmp instead' stderr | head -1)"
  result=result.${FOLDER##*.}
  srun -Q --chdir=/no/such/directory touch "$result" 2>/dev/null
  echo "wrote its result: $(dirname "$(ls "/tmp/$result")")"
  rm "/tmp/$result"
}
see run
