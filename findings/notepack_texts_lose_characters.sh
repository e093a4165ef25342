#!/bin/sh
# notepack.io merges a lone surrogate with the next character, whatever that is.
#
# Version: npm notepack.io 3.0.1, on Node 24.22.3.
# To be expected: U+FFFD in place of the lone surrogate, as TextEncoder and Buffer write it, and the
# rest of the text as it is.
# Behaviour: the character behind it is swallowed, and both become one that was in neither. At the
# end of a text a character is added. Such texts arise where a text is cut by its length.
#> "\ud83dé end" is read back as "📩 end"
#> "a\ud800b" is read back as "a𐁢"
#> "x\ud800" is read back as "x𐀀"
. "$(dirname "$0")/_lib.sh"
node_packages notepack.io@3.0.1

cat >run.mjs <<'JS'
import notepack from "notepack.io";
for (const text of ["\ud83dé end", "a\ud800b", "x\ud800"]) {
  const back = notepack.decode(notepack.encode(text));
  console.log(`${JSON.stringify(text)} is read back as ${JSON.stringify(back)}`);
}
JS
see node run.mjs
