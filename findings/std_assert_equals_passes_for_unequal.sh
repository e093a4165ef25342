#!/bin/sh
# @std/assert's assertEquals passes for 0 and -0, Number(1) and Number(2), and any two promises.
#
# Version: npm deno-std 1.4.0 (a copy of @std), beside node:assert of Node 24.22.3.
# To be expected: as assert.deepStrictEqual and Object.is have it.
# Behaviour: what has no enumerable keys of its own is the same to it, if it is of one class: boxed
# values, promises, Blobs; and numbers are compared by ===, within lists and Maps, too. A test that
# a -0 survives passes, and so does one that forgot to await both sides.
#> 0 and -0: @std/assert equal, node:assert different
#> [0] and [-0]: @std/assert equal, node:assert different
#> Number(1) and Number(2): @std/assert equal, node:assert different
#> promises of 1 and 2: @std/assert equal, node:assert different
#> {} without and with prototype: @std/assert equal, node:assert different
. "$(dirname "$0")/_lib.sh"
node_packages deno-std@1.4.0

cat >run.mjs <<'JS'
import assert from "node:assert";
import { assertEquals } from "deno-std/assert/equals.js";
const passes = (check, a, b) => {
  try {
    check(a, b);
    return "equal";
  } catch {
    return "different";
  }
};
const pairs = {
  "0 and -0": [0, -0],
  "[0] and [-0]": [[0], [-0]],
  "Number(1) and Number(2)": [new Number(1), new Number(2)],
  "promises of 1 and 2": [Promise.resolve(1), Promise.resolve(2)],
  "{} without and with prototype": [Object.create(null), {}],
};
for (const [title, [a, b]] of Object.entries(pairs)) {
  const std = passes(assertEquals, a, b);
  console.log(`${title}: @std/assert ${std}, node:assert ${passes(assert.deepStrictEqual, a, b)}`);
}
JS
see node run.mjs
