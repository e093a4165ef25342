#!/bin/sh
# In deno task the failure of a command in the background becomes the task's exit status.
#
# Version: Deno 2.9.6, beside bash.
# To be expected: the status is the last command's in the foreground; `wait` tells of the others, as
# in each shell.
# Behaviour: the shell waits for what is in the background, and the first failure there counts,
# although the last command was well. It does not end the others: `server & tests` fails when the
# server is ended.
#> false & true: bash 0, deno 1
#> sh -c "exit 3" & sh -c "sleep 0.5": bash 0, deno 3
#> sh -c "exit 3" & sh -c "sleep 0.5; exit 4": bash 4, deno 3
#> sh -c "sleep 0.5; exit 3" & true: bash 0, deno 3
. "$(dirname "$0")/_lib.sh"
deno_packages

cat >cases <<'SH'
false & true
sh -c "exit 3" & sh -c "sleep 0.5"
sh -c "exit 3" & sh -c "sleep 0.5; exit 4"
sh -c "sleep 0.5; exit 3" & true
SH
status() {
  code=0
  "$@" >/dev/null 2>&1 </dev/null || code=$?
  echo $code
}
run() {
  while IFS= read -r line; do
    printf '{"tasks":{"case":"%s"}}' "$(printf '%s' "$line" | sed 's/"/\\"/g')" >deno.json
    echo "$line: bash $(status bash -c "$line"), deno $(status deno task -q case)"
  done <cases
}
see run
