import { assertEquals } from "@std/assert";
import { FIRST_PACE, nextPace, type Pace, type Seen } from "./pace.ts";

const CASES: [sentence: string, before: Pace, seen: Seen, after: Pace][] = [
  [
    "a tiny item doubles the batch, and the way there is used meanwhile",
    FIRST_PACE,
    { count: 1, workMs: 0.01, tripMs: 0.2 },
    { batch: 2, depth: 8 },
  ],
  [
    "a batch grows to what takes 3 ms, and no more",
    { batch: 100, depth: 2 },
    { count: 100, workMs: 2, tripMs: 2.1 },
    { batch: 150, depth: 1 },
  ],
  [
    "a batch has an upper bound",
    { batch: 1000, depth: 2 },
    { count: 1000, workMs: 0.1 },
    { batch: 1024, depth: 2 },
  ],
  [
    "slow items go one by one, and none ahead",
    { batch: 512, depth: 4 },
    { count: 1, workMs: 50, tripMs: 50.3 },
    { batch: 1, depth: 1 },
  ],
  [
    "slow items go one by one, also where the trip is not known",
    { batch: 512, depth: 4 },
    { count: 1, workMs: 50 },
    { batch: 1, depth: 1 },
  ],
  [
    "far away, there are items on the way",
    { batch: 1, depth: 1 },
    { count: 1, workMs: 10, tripMs: 40 },
    { batch: 1, depth: 4 },
  ],
  [
    "a slow item's idle time may be noise",
    { batch: 1, depth: 1 },
    { count: 1, workMs: 10, tripMs: 14 },
    { batch: 1, depth: 1 },
  ],
  [
    "no time at all is no division by zero",
    { batch: 1, depth: 1 },
    { count: 1, workMs: 0, tripMs: 0 },
    { batch: 2, depth: 1 },
  ],
];

for (const [sentence, before, seen, after] of CASES) {
  Deno.test(`nextPace(): ${sentence}`, () => assertEquals(nextPace(before, seen), after));
}
