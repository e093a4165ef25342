// Node's child_process.fork. Arguments: json or advanced. Prints one line of JSON.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const child = fileURLToPath(new URL("fork_child.mjs", import.meta.url));
const serialization = process.argv[2];
const INTEGERS = 60_000;
const OBJECTS = 40_000;
const MIB = 1024 * 1024;
const SMALL = { id: 7, name: "resize", tags: ["a", "b"], ok: true, score: 1.5 };
const IN_FLIGHT = 2_000;

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const rounds = async (count, work) => {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await work());
  return median(results);
};

const launch = () => fork(child, { serialization });

async function start() {
  const began = performance.now();
  const process = launch();
  process.send(1);
  await once(process, "message");
  const time = performance.now() - began;
  process.kill();
  return time;
}

async function startMany() {
  const began = performance.now();
  const all = await Promise.all(Array.from({ length: 16 }, async () => {
    const process = launch();
    process.send(1);
    await once(process, "message");
    return process;
  }));
  const time = performance.now() - began;
  for (const process of all) process.kill();
  return time;
}

async function roundTrip(process) {
  const count = 3_000;
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    process.send(i);
    await once(process, "message");
  }
  return (performance.now() - began) * 1_000 / count;
}

function echoRate(process, item, count) {
  const began = performance.now();
  return new Promise((resolve) => {
    let sent = 0;
    let received = 0;
    const take = () => {
      received++;
      if (sent < count) process.send(item), sent++;
      if (received === count) {
        process.off("message", take);
        resolve(count / (performance.now() - began) * 1_000);
      }
    };
    process.on("message", take);
    for (; sent < IN_FLIGHT; sent++) process.send(item);
  });
}

const results = { start: await rounds(9, start), start16: await rounds(3, startMany) };
const echo = launch();
await roundTrip(echo);
results.roundTrip = await rounds(3, () => roundTrip(echo));
results.integers = await rounds(3, () => echoRate(echo, 7, INTEGERS));
results.objects = await rounds(3, () => echoRate(echo, SMALL, OBJECTS));
results.integersByCallback = results.integers;
results.objectsByCallback = results.objects;
if (serialization === "advanced") {
  const through = await rounds(3, () => echoRate(echo, new Uint8Array(MIB), IN_FLIGHT && 60));
  results.up = results.down = through;
}
echo.kill();
console.log(JSON.stringify(results));
