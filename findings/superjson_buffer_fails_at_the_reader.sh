#!/bin/sh
# superjson stringifies a Buffer into what it cannot parse, and an ArrayBuffer into {}.
#
# Version: npm superjson 2.2.7, on Node 24.22.3.
# To be expected: a Buffer is a Uint8Array, which it supports; what it does not support is refused
# when it is written.
# Behaviour: stringify() writes the bytes as of a typed array of the class "Buffer", which parse()
# does not know: the error comes where the data are read, maybe years later. An ArrayBuffer and a
# DataView are {} without an error.
#> Uint8Array: Uint8Array [1,2]
#> Buffer: written; read: Error: Trying to deserialize unknown typed array
#> ArrayBuffer: Object {}
#> DataView: Object {}
. "$(dirname "$0")/_lib.sh"
node_packages superjson@2.2.7

cat >run.mjs <<'JS'
import superjson from "superjson";
const values = [Uint8Array.of(1, 2), Buffer.of(1, 2), new ArrayBuffer(2), new DataView(new ArrayBuffer(2))];
for (const value of values) {
  const { name } = value.constructor;
  const text = superjson.stringify(value);
  try {
    const back = superjson.parse(text);
    const content = ArrayBuffer.isView(back) ? JSON.stringify([...back]) : JSON.stringify(back);
    console.log(`${name}: ${back.constructor.name} ${content}`);
  } catch (error) {
    console.log(`${name}: written; read: ${error}`);
  }
}
JS
see node run.mjs
