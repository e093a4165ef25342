#!/bin/sh
# notepack.io writes one byte for each element of a typed array, whatever its type.
#
# Version: npm notepack.io 3.0.1, on Node 24.22.3.
# To be expected: the bytes of the array, as msgpackr and @msgpack/msgpack write them.
# Behaviour: each element is cut to 8 bits and loses its fraction. A DataView, which has bytes but
# no elements, is empty. No error.
#> Uint16Array [1,258]: Buffer [1,2]
#> Float64Array [0.5,300]: Buffer [0,44]
#> DataView of 4 bytes: Buffer []
#> BigUint64Array [7]: TypeError: Cannot mix BigInt and other types, use explicit conversions
. "$(dirname "$0")/_lib.sh"
node_packages notepack.io@3.0.1

cat >run.mjs <<'JS'
import notepack from "notepack.io";
const show = (title, value) => {
  try {
    const back = notepack.decode(notepack.encode(value));
    console.log(`${title}: ${back.constructor.name} ${JSON.stringify([...back])}`);
  } catch (error) {
    console.log(`${title}: ${error}`);
  }
};
show("Uint16Array [1,258]", Uint16Array.of(1, 258));
show("Float64Array [0.5,300]", Float64Array.of(0.5, 300));
show("DataView of 4 bytes", new DataView(new ArrayBuffer(4)));
show("BigUint64Array [7]", BigUint64Array.of(7n));
JS
see node run.mjs
