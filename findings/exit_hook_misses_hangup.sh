#!/bin/sh
# exit-hook does not run its hooks on SIGHUP; a hook that throws silently skips those behind it.
#
# Version: npm exit-hook 5.1.0, on Node 24.22.3.
# To be expected: hooks run at every end but SIGKILL's, as with signal-exit: a closed terminal or a lost
# ssh connection sends SIGHUP. And the error of a hook is reported.
# Behaviour: on SIGHUP the program ends by the signal, and nothing is cleaned up. Where a hook throws,
# nothing is printed, the next hooks do not run, and the exit status stays as it was.
#> SIGTERM: first hook, second hook, exit status 143
#> SIGINT: first hook, second hook, exit status 130
#> SIGHUP: exit status 129
#> the first hook throws: exit status 0
. "$(dirname "$0")/_lib.sh"
node_packages exit-hook@5.1.0

cat >run.mjs <<'JS'
import exitHook from "exit-hook";
const [, , how] = process.argv;
exitHook(() => {
  if (how === "throws") throw new Error("from the hook");
  console.log("first hook, ");
});
exitHook(() => console.log("second hook, "));
if (how === "throws") process.exit();
process.kill(process.pid, how);
setTimeout(() => {}, 2000);
JS
run() {
  for how in SIGTERM SIGINT SIGHUP throws; do
    code=0
    node run.mjs $how >said 2>&1 || code=$?
    said=$(grep -v '^Hangup$' said | tr -d '\n') # dash's word for it
    [ $how = throws ] && title="the first hook throws" || title=$how
    echo "$title: ${said}exit status $code"
  done
}
see run
