#!/bin/sh
# A null among the messages breaks decoding streams, or arrives as a symbol of the library's own.
#
# Version: npm ndjson 2.0.0, split2 4.2.0, msgpack5 6.1.0, msgpack-lite 0.2.2, msgpackr 2.1.4,
# cbor 10.0.12, cbor-x 1.6.9, on Node 24.22.3.
# To be expected: null, as each of them gives when the same message is decoded alone.
# Behaviour: a Node stream of objects takes null for its end. Four push it all the same: what
# follows is "stream.push() after EOF", and all later messages are lost. Three give a symbol, which is
# neither null nor falsy, and which JSON.stringify leaves out.
#> ndjson: 1, Error: stream.push() after EOF
#> split2(JSON.parse): 1, Error: stream.push() after EOF
#> msgpack5: 1, Error: stream.push() after EOF
#> msgpack-lite: 1, Error: stream.push() after EOF
#> msgpackr: 1, Symbol(null), 2
#> cbor: 1, Symbol(github.com/hildjj/node-cbor/null), 2
#> cbor-x: 1, Symbol(null), 2
. "$(dirname "$0")/_lib.sh"
node_packages ndjson@2.0.0 split2@4.2.0 msgpack5@6.1.0 msgpack-lite@0.2.2 msgpackr@2.1.4 cbor@10.0.12 \
  cbor-x@1.6.9

cat >run.mjs <<'JS'
import { Readable } from "node:stream";
import cbor from "cbor";
import * as cborX from "cbor-x";
import msgpack5 from "msgpack5";
import msgpackLite from "msgpack-lite";
import * as msgpackr from "msgpackr";
import ndjson from "ndjson";
import split2 from "split2";

const lines = ["1\n", "null\n", "2\n"];
const msgpack = [Buffer.of(1), Buffer.of(0xc0), Buffer.of(2)];
const cborBytes = [Buffer.of(1), Buffer.of(0xf6), Buffer.of(2)];
const decoders = {
  "ndjson": [lines, ndjson.parse()],
  "split2(JSON.parse)": [lines, split2(JSON.parse)],
  "msgpack5": [msgpack, msgpack5().decoder()],
  "msgpack-lite": [msgpack, msgpackLite.createDecodeStream()],
  "msgpackr": [msgpack, new msgpackr.UnpackrStream()],
  "cbor": [cborBytes, new cbor.Decoder()],
  "cbor-x": [cborBytes, new cborX.DecoderStream()],
};
for (const [name, [chunks, decoder]] of Object.entries(decoders)) {
  const seen = [];
  await new Promise((resolve) => {
    decoder.on("data", (item) => seen.push(String(item)));
    decoder.on("end", resolve);
    decoder.on("error", (error) => {
      seen.push(`Error: ${error.message}`);
      resolve();
    });
    for (const chunk of chunks) decoder.write(chunk);
    decoder.end();
  });
  console.log(`${name}: ${seen.join(", ")}`);
}
process.exit();
JS
see node run.mjs
