// npm's kkrpc over stdio between two Node processes; prints one line of JSON.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules] = process.argv.slice(2);
const main = createRequire(`${modules}/`).resolve("kkrpc");
const { NodeIo, RPCChannel } = await import(pathToFileURL(main));
const child = fileURLToPath(new URL("kkrpc_child.mjs", import.meta.url));
const SMALL = { id: 7, name: "resize", tags: ["a", "b"], ok: true, score: 1.5 };
const IN_FLIGHT = 1_000;

function launch() {
  const worker = spawn(process.execPath, [child, main], { stdio: ["pipe", "pipe", "inherit"] });
  const api = new RPCChannel(new NodeIo(worker.stdout, worker.stdin), {}).getAPI();
  return { worker, api };
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

const starts = [];
for (let i = 0; i < 5; i++) starts.push(await start());
const peer = launch();
await roundTrip(peer);
console.log(JSON.stringify({
  start: starts.toSorted((a, b) => a - b)[2],
  roundTrip: await roundTrip(peer),
  integers: await echoRate(peer, 7),
  objects: await echoRate(peer, SMALL),
}));
await stop(peer);
