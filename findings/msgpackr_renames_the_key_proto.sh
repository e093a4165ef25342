#!/bin/sh
# msgpackr and cbor-x read the key "__proto__" as "__proto_".
#
# Version: npm msgpackr 2.1.4, cbor-x 1.6.9, on Node 24.22.3.
# To be expected: an error (@msgpack/msgpack, msgpack5), an own property (JSON.parse), or that the
# key is left out.
# Behaviour: the key is written in full and loses its last character as it is read. Where "__proto_"
# is there too, the later one wins: one of two values is gone.
#> msgpackr writes: __proto__
#> msgpackr reads {"__proto__":1}: {"__proto_":1}
#> cbor-x reads {"__proto__":1}: {"__proto_":1}
#> msgpackr reads {"__proto_":1,"__proto__":2}: {"__proto_":2}
#> cbor-x reads {"__proto_":1,"__proto__":2}: {"__proto_":2}
. "$(dirname "$0")/_lib.sh"
node_packages msgpackr@2.1.4 cbor-x@1.6.9

cat >run.mjs <<'JS'
import * as msgpackr from "msgpackr";
import * as cborX from "cbor-x";
const packed = msgpackr.pack(JSON.parse('{"__proto__":1}')).toString("latin1");
console.log(`msgpackr writes: ${packed.match(/_+proto_+/)}`);
for (const text of ['{"__proto__":1}', '{"__proto_":1,"__proto__":2}']) {
  for (const [name, { encode, decode }] of Object.entries({ msgpackr, "cbor-x": cborX })) {
    console.log(`${name} reads ${text}: ${JSON.stringify(decode(encode(JSON.parse(text))))}`);
  }
}
JS
see node run.mjs
