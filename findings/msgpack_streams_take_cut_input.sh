#!/bin/sh
# @msgpack/msgpack's decodeMultiStream and decodeArrayStream end normally on a stream that was cut.
#
# Version: npm @msgpack/msgpack 3.1.3, on Node 24.22.3.
# To be expected: the RangeError that decodeAsync and decodeMulti throw for the same bytes.
# Behaviour: the document that was cut is left out, and the iteration is over as if all had arrived;
# of an array that declares 3 elements, 2 are given. Given a map, decodeArrayStream takes its first
# key and value for elements. Whoever reads a log or a socket so has to count by himself.
#> decodeMultiStream of [1] and half of [2,3]: [1], then the end
#> decodeArrayStream of 2 of 3 elements: 1, 2, then the end
#> decodeArrayStream of {"a":1}: "a", 1, then the end
#> decodeMulti of [1] and half of [2,3]: [1], then RangeError
#> decodeAsync of 2 of 3 elements: RangeError
. "$(dirname "$0")/_lib.sh"
node_packages @msgpack/msgpack@3.1.3

cat >run.mjs <<'JS'
import { Readable } from "node:stream";
import { decodeArrayStream, decodeAsync, decodeMulti, decodeMultiStream, encode } from "@msgpack/msgpack";
const cut = (bytes) => bytes.subarray(0, bytes.length - 1);
const two = Buffer.concat([encode([1]), cut(encode([2, 3]))]);
const three = cut(encode([1, 2, 3]));
const show = async (title, items) => {
  const seen = [];
  try {
    for await (const item of items) seen.push(JSON.stringify(item));
    seen.push("then the end");
  } catch (error) {
    seen.push(`then ${error.name}`);
  }
  console.log(`${title}: ${seen.join(", ")}`);
};
const stream = (bytes) => Readable.from([bytes]);
await show("decodeMultiStream of [1] and half of [2,3]", decodeMultiStream(stream(two)));
await show("decodeArrayStream of 2 of 3 elements", decodeArrayStream(stream(three)));
await show('decodeArrayStream of {"a":1}', decodeArrayStream(stream(Buffer.from(encode({ a: 1 })))));
await show("decodeMulti of [1] and half of [2,3]", decodeMulti(two));
await decodeAsync(stream(three)).catch(({ name }) => console.log("decodeAsync of 2 of 3 elements:", name));
JS
see node run.mjs
