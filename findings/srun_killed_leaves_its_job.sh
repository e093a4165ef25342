#!/bin/sh
# An srun that gets SIGKILL leaves its allocation RUNNING, without end and with nothing in it.
#
# Version: Debian's Slurm 22.05.8-4+deb12u3, with the default InactiveLimit=0.
# To be expected: an allocation that srun has made for one step goes back when the step is over, as
# it does when srun gets SIGTERM; the controller knows that the step has ended.
# Behaviour: it is srun that gives it back, and nobody else. Its step runs to its end, then the job
# has none, and keeps its CPUs until its time limit, here for ever. A job that needs them waits
# with the reason Resources. `timeout -s KILL`, an OOM killer, or a program that kills what it has
# started, leave such jobs; only scancel ends them. Send SIGTERM first, and give srun a second.
#> TERM to srun: job none
#> KILL to srun: task ran to its end, job RUNNING, 0 steps
#> 4 s later: job RUNNING, next job PENDING (Resources)
#> scancel: job none
. "$(dirname "$0")/_lib.sh"
. "$(dirname "$SCRIPT")/_slurm.sh"
start_slurm

cat >task.sh <<'SH'
: >up
for _ in $(seq 20); do sleep 0.1; done
: >done
SH
job() {
  state=$(squeue -h -o %T)
  echo "job ${state:-none}"
}
try() {
  rm -f up done
  srun -Q --exclusive sh task.sh >output 2>&1 &
  srun=$!
  until [ -e up ]; do sleep 0.05; done
  # srun is two processes.
  kill "-$1" $srun $(ps -o pid= --ppid $srun)
  wait $srun || true
}
run() {
  try TERM
  for _ in $(seq 50); do [ "$(job)" = "job none" ] && break || sleep 0.1; done
  echo "TERM to srun: $(job)"
  try KILL
  until [ -e done ] && [ -z "$(squeue -h -s)" ]; do sleep 0.1; done
  echo "KILL to srun: task ran to its end, $(job), $(squeue -h -s | wc -l) steps"
  sleep 4
  first=$(squeue -h -o %i)
  srun -Q --exclusive true >output 2>&1 &
  next=$!
  until squeue -h -t PENDING -o %r | grep -q Resources; do sleep 0.1; done
  echo "4 s later: $(squeue -h -j "$first" -o 'job %T'), next $(squeue -h -t PENDING -o 'job %T (%r)')"
  scancel "$first"
  wait $next || true
  for _ in $(seq 50); do [ "$(job)" = "job none" ] && break || sleep 0.1; done
  echo "scancel: $(job)"
} 2>/dev/null
see run
