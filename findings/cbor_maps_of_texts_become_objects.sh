#!/bin/sh
# cbor decodes a Map as a plain object if all of its keys are strings.
#
# Version: npm cbor 10.0.12, on Node 24.22.3.
# To be expected: CBOR has one kind of map, so a library reads either objects or Maps; or it marks
# its Maps.
# Behaviour: a Map whose keys are texts comes back as an object, until the first key that is no
# text: then all of it is a Map. So a Map that is filled while a program runs changes its type on
# the way, an empty one is an object, and an object with the key "__proto__" is a Map.
#> Map(0) {} -> {}
#> Map(1) { 'a' => 1 } -> { a: 1 }
#> Map(2) { 'a' => 1, 2 => 3 } -> Map(2) { 'a' => 1, 2 => 3 }
#> { ['__proto__']: 1, a: 2 } -> Map(2) { '__proto__' => 1, 'a' => 2 }
. "$(dirname "$0")/_lib.sh"
node_packages cbor@10.0.12

cat >run.mjs <<'JS'
import cbor from "cbor";
const values = [
  new Map(),
  new Map([["a", 1]]),
  new Map([["a", 1], [2, 3]]),
  JSON.parse('{"__proto__":1,"a":2}'),
];
for (const value of values) console.log(value, "->", cbor.decodeFirstSync(cbor.encode(value)));
JS
see node run.mjs
