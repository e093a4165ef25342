#!/bin/sh
# capnweb silently drops object keys that Object.prototype has as well, and "toJSON".
#
# Version: npm capnweb 0.12.0, on Node 24.22.3.
# To be expected: data keys travel; at most "__proto__" is refused.
# Behaviour: `constructor`, `toString`, `valueOf`, `hasOwnProperty` and `toJSON` vanish from what is
# read, in arguments and results, without an error: a table of words loses just these.
#> the far side sees: error, name
#> the result has: error, name
. "$(dirname "$0")/_lib.sh"
node_packages capnweb@0.12.0

cat >run.mjs <<'JS'
import { newMessagePortRpcSession, RpcTarget } from "capnweb";
const words = { error: 1, constructor: 2, toString: 3, valueOf: 4, hasOwnProperty: 5, toJSON: 6, name: 7 };
class Counts extends RpcTarget {
  see(counts) {
    return Object.keys(counts).join(", ");
  }
  count() {
    return words;
  }
}
const { port1, port2 } = new MessageChannel();
newMessagePortRpcSession(port1, new Counts());
const counts = newMessagePortRpcSession(port2);
console.log("the far side sees:", await counts.see(words));
console.log("the result has:", Object.keys(await counts.count()).join(", "));
process.exit();
JS
see node run.mjs
