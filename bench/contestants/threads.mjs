// npm's tinypool with one worker thread. Argument: its folder. Prints one line of JSON.
import { fileURLToPath, pathToFileURL } from "node:url";

const main = pathToFileURL(`${process.argv[2]}/node_modules/tinypool/dist/index.js`);
const { Tinypool } = await import(main);
const filename = fileURLToPath(new URL("tinypool_worker.mjs", import.meta.url));
const SMALL = { id: 7, name: "resize", tags: ["a", "b"], ok: true, score: 1.5 };
const IN_FLIGHT = 1_000;

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function rounds(count, work) {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await work());
  return median(results);
}

const launch = () =>
  new Tinypool({
    filename,
    runtime: "worker_threads",
    minThreads: 1,
    maxThreads: 1,
    isolateWorkers: false,
    concurrentTasksPerWorker: IN_FLIGHT,
  });

async function start() {
  const began = performance.now();
  const pool = launch();
  await pool.run(1, { name: "echo" });
  const time = performance.now() - began;
  await pool.destroy();
  return time;
}

async function calls(pool, count = 3_000) {
  const began = performance.now();
  for (let i = 0; i < count; i++) await pool.run(i, { name: "echo" });
  return (performance.now() - began) * 1_000 / count;
}

async function echoRate(pool, item, count = 20_000) {
  const began = performance.now();
  for (let done = 0; done < count; done += IN_FLIGHT) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => pool.run(item, { name: "echo" })));
  }
  return count / (performance.now() - began) * 1_000;
}

const starts = await rounds(9, start);
const pool = launch();
await calls(pool);
const call = await rounds(3, () => calls(pool));
console.log(JSON.stringify({
  start: starts,
  roundTrip: call,
  call,
  integers: await rounds(3, () => echoRate(pool, 7)),
  objects: await rounds(3, () => echoRate(pool, SMALL)),
}));
process.exit(0);
