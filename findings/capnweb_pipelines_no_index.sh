#!/bin/sh
# capnweb pipelines property access into a result that is still under way, but not into an array.
#
# Version: npm capnweb 0.12.0, on Node 24.22.3.
# To be expected: api.list()[0] is promise pipelining as api.first().name is.
# Behaviour: an index gives undefined, and so does `length`: the far side looks indices up as
# numbers, while the proxy that records them only ever sees strings. map() reaches the elements.
#> list(): [{"name":"a"},{"name":"b"}]
#> first().name: "a"
#> list()[0]: undefined
#> list()[0].name: TypeError: Cannot read properties of undefined (reading 'name')
#> list().length: undefined
#> list().map((each) => each.name): ["a","b"]
. "$(dirname "$0")/_lib.sh"
node_packages capnweb@0.12.0

cat >run.mjs <<'JS'
import { newMessagePortRpcSession, RpcTarget } from "capnweb";
class Api extends RpcTarget {
  list() {
    return [{ name: "a" }, { name: "b" }];
  }
  first() {
    return { name: "a" };
  }
}
const { port1, port2 } = new MessageChannel();
newMessagePortRpcSession(port1, new Api());
const api = newMessagePortRpcSession(port2);
const show = async (title, promise) =>
  console.log(`${title}: ${await promise.then(JSON.stringify, String)}`);
await show("list()", api.list());
await show("first().name", api.first().name);
await show("list()[0]", api.list()[0]);
await show("list()[0].name", api.list()[0].name);
await show("list().length", api.list().length);
await show("list().map((each) => each.name)", api.list().map((each) => each.name));
process.exit();
JS
see node run.mjs
