// npm's tinypool with two workers. Arguments: its folder, and its runtime. Prints one line
// of JSON.
import { fileURLToPath, pathToFileURL } from "node:url";

const [modules, runtime] = process.argv.slice(2);
const main = pathToFileURL(`${modules}/node_modules/tinypool/dist/index.js`);
const { Tinypool } = await import(main);
const filename = fileURLToPath(new URL("tinypool_worker.mjs", import.meta.url));
const SMALL = { id: 7, name: "resize", tags: ["a", "b"], ok: true, score: 1.5 };
const TINY = 100_000;
const OBJECTS = 20_000;
const HEAVY = 200;

function heavy(rounds) {
  let x = 1;
  for (let i = 0; i < rounds; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i | 0;
  return x;
}

function roundsFor(ms) {
  heavy(1e6);
  const start = performance.now();
  heavy(1e7);
  return Math.round(1e7 * ms / (performance.now() - start));
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function rounds(count, work) {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await work());
  return median(results);
}

const pool = (threads) =>
  new Tinypool({
    filename,
    runtime,
    minThreads: threads,
    maxThreads: threads,
    isolateWorkers: false,
    concurrentTasksPerWorker: 1,
  });

// One task for each item, as its API requires; several thousand wait at a time.
async function run(pool, name, items) {
  const start = performance.now();
  const step = 5_000;
  for (let at = 0; at < items.length; at += step) {
    await Promise.all(items.slice(at, at + step).map((item) => pool.run(item, { name })));
  }
  return performance.now() - start;
}

const integers = Array.from({ length: TINY }, (_, i) => i);
const objects = Array.from({ length: OBJECTS }, () => SMALL);
const heavyItems = Array(HEAVY).fill(roundsFor(10));
const two = pool(2);
const one = pool(1);
await run(two, "addOne", integers.slice(0, 20_000));
await run(one, "heavy", heavyItems.slice(0, 10));
const results = {
  tiny: TINY * 1_000 / await rounds(3, () => run(two, "addOne", integers)),
  objects: OBJECTS * 1_000 / await rounds(3, () => run(two, "echo", objects)),
  cpu1: await rounds(3, () => run(one, "heavy", heavyItems)),
  cpu2: await rounds(3, () => run(two, "heavy", heavyItems)),
};
results.speedup = results.cpu1 / results.cpu2;
console.log(JSON.stringify(results));
process.exit(0);
