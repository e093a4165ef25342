// npm's capnweb over stdio between two Node processes; prints one line of JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath, pathToFileURL } from "node:url";
import { lineTransport } from "./capnweb_transport.mjs";

const main = pathToFileURL(`${process.argv[2]}/node_modules/capnweb/dist/index.js`).href;
const { RpcSession } = await import(main);
const child = fileURLToPath(new URL("capnweb_child.mjs", import.meta.url));
const SMALL = { id: 7, name: "resize", tags: ["a", "b"], ok: true, score: 1.5 };
const IN_FLIGHT = 1_000;

function launch() {
  const worker = spawn(process.execPath, [child, main], { stdio: ["pipe", "pipe", "inherit"] });
  const session = new RpcSession(lineTransport(worker.stdout, worker.stdin));
  return { worker, api: session.getRemoteMain() };
}

async function stop({ worker }) {
  worker.kill();
  await once(worker, "exit");
}

async function start() {
  const began = performance.now();
  const peer = launch();
  await peer.api.echo(1);
  const time = performance.now() - began;
  await stop(peer);
  return time;
}

async function roundTrip({ api }, count = 2_000) {
  const began = performance.now();
  for (let i = 0; i < count; i++) await api.echo(i);
  return (performance.now() - began) * 1_000 / count;
}

async function echoRate({ api }, item, count = 20_000) {
  const began = performance.now();
  for (let done = 0; done < count; done += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => api.echo(item)));
  }
  return count / (performance.now() - began) * 1_000;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const starts = [];
for (let i = 0; i < 5; i++) starts.push(await start());
const peer = launch();
await roundTrip(peer);
const call = await roundTrip(peer);
console.log(JSON.stringify({
  start: median(starts),
  roundTrip: call,
  call,
  integers: await echoRate(peer, 7),
  objects: await echoRate(peer, SMALL),
}));
process.exit(0);
