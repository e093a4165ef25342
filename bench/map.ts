/**
 * `deno task bench:map`: `Group.map` beside npm's tinypool, in one run. Needs Node 20 and npm on
 * the
 * path; contestants that are missing are left out.
 */
import { npmInstall } from "./npm.ts";
import type { Row } from "./rows.ts";
import { compete, type Contestant, deno, here, OURS } from "./run.ts";

const PROCESSES = "tinypool child_process";
const THREADS = "tinypool worker_threads";

const ROWS: readonly Row[] = [
  {
    key: "tiny",
    title: "100,000 tiny items, 2 workers",
    unit: "/s",
    targets: [{ against: PROCESSES, least: 3 }, { against: THREADS, least: 1 }],
  },
  { key: "unordered", title: "the same, unordered", unit: "/s", targets: [] },
  {
    key: "objects",
    title: "20,000 small objects, 2 workers",
    unit: "/s",
    targets: [],
  },
  { key: "cpu1", title: "200 items of 10 ms of CPU, 1 worker", unit: "ms", targets: [] },
  { key: "cpu2", title: "the same, 2 workers", unit: "ms", targets: [] },
  {
    key: "speedup",
    title: "2 workers to one, of CPU-bound items",
    unit: "×",
    targets: [{ against: "one worker", least: 1.8 }],
  },
];

const tinypool = await npmInstall("tinypool", "2.2.0");
const others: Contestant[] = tinypool === undefined ? [] : [
  { name: PROCESSES, command: ["node", here("tinypool.mjs"), tinypool, "child_process"] },
  { name: THREADS, command: ["node", here("tinypool.mjs"), tinypool, "worker_threads"] },
];
await compete([{ name: OURS, command: deno("map.ts") }, ...others], 3, { rows: ROWS, name: "map" });
