#!/bin/sh
# GNU parallel --retries drops the output of each try but the last, its stderr and its line in the
# log.
#
# Version: Debian's parallel 20221122+ds-2.
# To be expected: every try's output, one after another, as without --retries each failed job's
# output is printed.
# Behaviour: the command runs three times, and only the last run's lines are printed; --joblog has one
# line, with status 0. Why the first tries failed, which is what one looks for, is gone.
#> runs: 3
#> stdout and stderr: try 3 of x; why 3
#> lines in the log: 1, exit value 0
. "$(dirname "$0")/_lib.sh"
debian_packages parallel=20221122+ds-2
export HOME="$FOLDER"

cat >job.sh <<'SH'
echo run >>runs
try=$(wc -l <runs)
echo "try $try of $1"
echo "why $try" >&2
[ "$try" -eq 3 ]
SH
parallel() {
  perl debian/usr/bin/parallel --will-cite --retries 3 "$@" sh job.sh ::: x 2>&1 | paste -s -d';' - | sed 's/;/; /g'
}
run() {
  output=$(parallel --joblog log)
  echo "runs: $(wc -l <runs)"
  echo "stdout and stderr: $output"
  echo "lines in the log: $(sed 1d log | wc -l), exit value $(sed 1d log | cut -f7)"
}
see run
