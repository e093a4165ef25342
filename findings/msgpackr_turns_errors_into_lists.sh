#!/bin/sh
# msgpackr by default turns errors, regular expressions and Sets into arrays, functions into
# undefined.
#
# Version: npm msgpackr 2.1.4, on Node 24.22.3.
# To be expected: what has no type in MessagePack is an error, {} as in @msgpack/msgpack, or comes
# back as it was: it knows how, as `new Packr({ structuredClone: true })` shows.
# Behaviour: pack() writes the parts without the mark that says of what. An error is [name, message,
# cause] to the reader, and loses its other properties; a Map is an object. `result instanceof
# Error` lets failures pass.
#> pack: ["RangeError","no disk",{"code":5}] of Array
#> structuredClone: RangeError "no disk" of RangeError
#> pack: /a/gi -> ["a","gi"], Set {1} -> [1], Map {1: 2} -> {"1":2}, function -> undefined
. "$(dirname "$0")/_lib.sh"
node_packages msgpackr@2.1.4

cat >run.mjs <<'JS'
import { pack, Packr, unpack } from "msgpackr";
const error = Object.assign(new RangeError("no disk", { cause: { code: 5 } }), { path: "/x" });
const back = unpack(pack(error));
console.log("pack:", JSON.stringify(back), "of", back.constructor.name);
const packr = new Packr({ structuredClone: true });
const clone = packr.unpack(packr.pack(error));
console.log("structuredClone:", clone.name, JSON.stringify(clone.message), "of", clone.constructor.name);
const json = (value) => JSON.stringify(unpack(pack([value]))[0]);
console.log(
  `pack: /a/gi -> ${json(/a/gi)}, Set {1} -> ${json(new Set([1]))}, Map {1: 2} -> ${json(new Map([[1, 2]]))}, ` +
    `function -> ${json(() => {})}`,
);
JS
see node run.mjs
