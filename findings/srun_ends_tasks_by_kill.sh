#!/bin/sh
# On SIGTERM, SIGHUP or SIGQUIT srun ends its tasks by SIGKILL, without the SIGTERM that scancel
# sends.
#
# Version: Debian's Slurm 22.05.8-4+deb12u3, with KillWait=2.
# To be expected: its manual says that signals are passed on to the tasks with few exceptions; and
# that a step that is ended gets SIGTERM and KillWait seconds.
# Behaviour: SIGUSR1 is passed on. The signals by which one ends a program are not: the step is
# cancelled, and its tasks are killed without having heard of it. So `timeout 60 srun …`, or a
# terminal that is closed, leaves no time to clean up, while scancel does.
#> USR1 to srun: task got USR1
#> TERM to srun: task got nothing, status of srun 137
#> HUP to srun: task got nothing, status of srun 137
#> QUIT to srun: task got nothing, status of srun 137
#> scancel: task got TERM, status of srun 0
. "$(dirname "$0")/_lib.sh"
. "$(dirname "$SCRIPT")/_slurm.sh"
start_slurm

cat >task.sh <<'SH'
for signal in USR1 HUP QUIT; do
  trap "echo 'task got $signal' >>heard" $signal
done
trap 'echo "task got TERM" >>heard; exit 0' TERM
: >up
for _ in $(seq 80); do sleep 0.1; done
SH
try() {
  rm -f up heard
  srun -Q sh task.sh >output 2>&1 &
  srun=$!
  until [ -e up ]; do sleep 0.05; done
  sleep 0.3
  case $1 in
    scancel) scancel "$(squeue -h -o %i)" ;;
    *) kill "-$1" $srun ;;
  esac
}
tell() {
  code=0
  wait $srun || code=$?
  echo "$1: $(cat heard 2>/dev/null || echo "task got nothing"), status of srun $code"
}
run() {
  try USR1
  sleep 0.7
  echo "USR1 to srun: $(cat heard)"
  kill -TERM $srun
  wait $srun || true
  for signal in TERM HUP QUIT; do
    try $signal
    tell "$signal to srun"
  done
  try scancel
  tell scancel
} 2>/dev/null
see run
