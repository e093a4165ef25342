#!/bin/sh
# deno task's shell expands "~" within quotes, leaves ${NAME} as it is, and joins the lines of
# "$(…)".
#
# Version: Deno 2.9.6, beside bash.
# To be expected: a subset of POSIX sh: what it does not know is an error, what it takes means the
# same.
# Behaviour: `if` and `for` are refused, but these run and give other texts, with exit status 0.
#> echo "~/x": bash ~/x | deno HOME/x
#> echo ${NAME}: bash value | deno ${NAME}
#> echo "$(printf 'a\nb')": bash a,b | deno a b
#> echo \*.txt: bash *.txt | deno \*.txt
#> echo $((1+2)): bash 3 | deno
#> echo -n x: bash x | deno -n x
. "$(dirname "$0")/_lib.sh"
deno_packages

export NAME=value
cat >cases <<'SH'
echo "~/x"
echo ${NAME}
echo "$(printf 'a\nb')"
echo \*.txt
echo $((1+2))
echo -n x
SH
flat() {
  "$@" 2>/dev/null | paste -s -d, - | sed "s,$HOME,HOME,"
}
run() {
  while IFS= read -r line; do
    escaped=$(printf '%s' "$line" | sed 's/[\\"]/\\&/g')
    printf '{"tasks":{"case":"%s"}}' "$escaped" >deno.json
    printf '%s: bash %s | deno %s\n' "$line" "$(flat bash -c "$line")" "$(flat deno task -q case)"
  done <cases | sed 's/ *$//'
}
see run
