#!/bin/sh
# srun's exit status for a program that cannot be started is the error's number: 2, 13 or 8, not 127
# or 126.
#
# Version: Debian's Slurm 22.05.8-4+deb12u3.
# To be expected: 127 for "not found" and 126 for "cannot be executed", as in shells, env, nohup,
# ssh and sudo.
# Behaviour: the number that execve() gave, as if the program had exited with it: 2 for a name that
# is not there or a missing interpreter, which many programs use for wrong usage; 13 without
# permission; 8 for a script without a first line.
#> not found: 2
#> missing interpreter: 2
#> not executable: 13
#> no first line: 8
#> a program that exits with 2: 2
. "$(dirname "$0")/_lib.sh"
. "$(dirname "$SCRIPT")/_slurm.sh"
start_slurm

echo '#!/no/such' >missing
echo 'echo hello' >plain
chmod +x missing plain
try() {
  code=0
  srun -Q "$2" >/dev/null 2>&1 || code=$?
  echo "$1: $code"
}
run() {
  try "not found" no-such-program
  try "missing interpreter" ./missing
  try "not executable" /etc/passwd
  try "no first line" ./plain
  printf '#!/bin/sh\nexit 2\n' >two
  chmod +x two
  try "a program that exits with 2" ./two
}
see run
