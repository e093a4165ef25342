#!/bin/sh
# cbor keeps regular expressions, but not their flags.
#
# Version: npm cbor 10.0.12, beside cbor-x 1.6.9, on Node 24.22.3.
# To be expected: tag 35 has no place for flags, so an error, or a form of the library's own as in
# cbor-x.
# Behaviour: /error/i is read back as /error/, which then misses what it was written for.
#> cbor: /error/gi -> /error/
#> cbor: still matches "ERROR": false
#> cbor-x: /error/gi -> /error/gi
. "$(dirname "$0")/_lib.sh"
node_packages cbor@10.0.12 cbor-x@1.6.9

cat >run.mjs <<'JS'
import cbor from "cbor";
import * as cborX from "cbor-x";
const back = cbor.decodeFirstSync(cbor.encode(/error/gi));
console.log("cbor: /error/gi ->", back);
console.log('cbor: still matches "ERROR":', back.test("ERROR"));
console.log("cbor-x: /error/gi ->", cborX.decode(cborX.encode(/error/gi)));
JS
see node run.mjs
