#!/bin/sh
# MPICH's mpiexec exits with the bitwise or of its processes' exit statuses, and with 9 for SIGKILL.
#
# Version: Debian's mpich 4.0.2-3+b1 (Hydra).
# To be expected: the largest status, or the first that is not 0, and 128 and the signal's number,
# as srun has it.
# Behaviour: 1 and 2 make 3, which no process gave; 1, 2 and 4 make 7. What a signal ended counts as
# the signal's number alone, so SIGKILL looks like `exit 9` and SIGHUP like `exit 1`. What cannot be
# started is 255.
#> 1 and 2: 3
#> 1, 2 and 4: 7
#> 0 and 130: 130
#> SIGKILL: 9
#> SIGHUP: 1
#> a program that is not there: 255
. "$(dirname "$0")/_lib.sh"
debian_packages mpich=4.0.2-3+b1 libhwloc15=2.9.0-1 libslurm38=22.05.8-4+deb12u3
export LD_LIBRARY_PATH="$FOLDER/debian/usr/lib/x86_64-linux-gnu" PATH="$FOLDER/debian/usr/bin:$PATH"

try() {
  title=$1
  shift
  code=0
  mpiexec.hydra -launcher fork "$@" >/dev/null 2>&1 || code=$?
  echo "$title: $code"
}
run() {
  try "1 and 2" -n 2 sh -c 'exit $((PMI_RANK + 1))'
  try "1, 2 and 4" -n 3 sh -c 'exit $((1 << PMI_RANK))'
  try "0 and 130" -n 2 sh -c 'exit $((PMI_RANK * 130))'
  try SIGKILL -n 1 sh -c 'kill -KILL $$'
  try SIGHUP -n 1 sh -c 'kill -HUP $$'
  try "a program that is not there" -n 1 ./no-such-program
}
see run
