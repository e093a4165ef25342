/** `Group.map`, measured from a fresh process; prints one line of JSON. */
import { Group } from "@x/execnet";
import { perSecond, rounds, SMALL, timed } from "../measure.ts";

const TINY = 100_000;
const OBJECTS = 20_000;
const HEAVY = 200;

/** Keeps one core busy for about 10 ms. */
function heavy(rounds: number): number {
  let x = 1;
  for (let i = 0; i < rounds; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i | 0;
  return x;
}

function roundsFor(ms: number): number {
  heavy(1e6);
  const start = performance.now();
  heavy(1e7);
  return Math.round(1e7 * ms / (performance.now() - start));
}

async function drain(results: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of results);
}

const integers = Array.from({ length: TINY }, (_, i) => i);
const objects = Array.from({ length: OBJECTS }, () => SMALL);
const heavyItems = new Array<number>(HEAVY).fill(roundsFor(10));

await using two = await Group.open(["popen", "popen"]);
await using one = await Group.open(["popen"]);
const addOne = (n: number) => n + 1;
await drain(two.map(integers.slice(0, 20_000), addOne));
await drain(one.map(heavyItems.slice(0, 10), heavy));
const results: Record<string, number> = {
  tiny: await rounds(3, () => perSecond(TINY, () => drain(two.map(integers, addOne)))),
  unordered: await rounds(
    3,
    () => perSecond(TINY, () => drain(two.map(integers, addOne, { ordered: false }))),
  ),
  objects: await rounds(
    3,
    () => perSecond(OBJECTS, () => drain(two.map(objects, (o: typeof SMALL) => o))),
  ),
  cpu1: await rounds(3, () => timed(() => drain(one.map(heavyItems, heavy)))),
  cpu2: await rounds(3, () => timed(() => drain(two.map(heavyItems, heavy)))),
};
results.speedup = results.cpu1 / results.cpu2;
console.log(JSON.stringify(results));
