/** What is measured, and the targets. */

/** The results of one contestant, by row. */
export type Results = Readonly<Record<string, number>>;

/** A target: the ratio of our figure to that of another contestant in the same row. */
export interface Target {
  readonly against: string;
  readonly most?: number;
  readonly least?: number;
}

/** A line of the table. */
export interface Row {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly targets: readonly Target[];
}

const EXECNET = "Python execnet";
const FORK = "Node fork json";
const FLOOR = "floor";

export const ROWS: readonly Row[] = [
  {
    key: "start",
    title: "start to first result",
    unit: "ms",
    targets: [{ against: EXECNET, most: 0.9 }, { against: FLOOR, most: 2.5 }],
  },
  {
    key: "start16",
    title: "16 started at once",
    unit: "ms",
    targets: [{ against: EXECNET, most: 0.8 }],
  },
  {
    key: "script",
    title: "whole script, one call of a function",
    unit: "ms",
    targets: [{ against: EXECNET, most: 1.0 }],
  },
  { key: "scriptSource", title: "whole script, source text", unit: "ms", targets: [] },
  { key: "scriptPeak", title: "its peak memory", unit: "MiB", targets: [] },
  {
    key: "roundTrip",
    title: "round trip of an integer",
    unit: "µs",
    targets: [{ against: EXECNET, most: 1.0 }, { against: FORK, most: 1.4 }],
  },
  {
    key: "integers",
    title: "integers echoed, each send awaited",
    unit: "/s",
    targets: [{ against: FORK, least: 8 }],
  },
  {
    key: "objects",
    title: "small objects echoed, each send awaited",
    unit: "/s",
    targets: [{ against: FORK, least: 2 }],
  },
  {
    key: "integersByCallback",
    title: "integers echoed by callbacks, as fork's",
    unit: "/s",
    targets: [{ against: FORK, least: 4 }],
  },
  {
    key: "objectsByCallback",
    title: "small objects echoed by callbacks, as fork's",
    unit: "/s",
    targets: [{ against: FORK, least: 2 }],
  },
  ...[
    ["loopTo", "integers to the gateway, each send awaited"],
    ["writerTo", "the same by a writer of `writable`"],
    ["pipeTo", "the same by `pipeTo`"],
    ["burstTo", "the same, no send awaited"],
    ["allTo", "the same by `Promise.all`"],
    ["loopFrom", "integers from the gateway, each send awaited"],
    ["generatorFrom", "the same by a generator"],
    ["burstFrom", "the same, no send awaited"],
    ["allFrom", "the same by `Promise.all`"],
    ["callbackFrom", "integers from the gateway, received by a callback"],
  ].map(([key, title]): Row => ({ key, title, unit: "/s", targets: [] })),
  {
    key: "up",
    title: "1 MiB items to the gateway",
    unit: "MiB/s",
    targets: [{ against: EXECNET, least: 2 }, { against: FLOOR, least: 0.7 }],
  },
  {
    key: "down",
    title: "1 MiB items from the gateway",
    unit: "MiB/s",
    targets: [{ against: EXECNET, least: 2 }, { against: FLOOR, least: 0.7 }],
  },
  {
    key: "exec",
    title: "remoteExec and its result",
    unit: "µs",
    targets: [{ against: EXECNET, most: 0.4 }],
  },
  { key: "call", title: "call", unit: "µs", targets: [] },
  {
    key: "underBulk",
    title: "round trip under bulk, to idle",
    unit: "×",
    targets: [{ against: "idle", most: 6 }],
  },
  {
    key: "stalledHere",
    title: "memory, initiator, consumer stalled",
    unit: "MiB",
    targets: [{ against: "MiB", most: 16 }],
  },
  {
    key: "stalledThere",
    title: "memory, remote, consumer stalled",
    unit: "MiB",
    targets: [{ against: "MiB", most: 16 }],
  },
  {
    key: "wholeHere",
    title: "memory, initiator, whole 1 GiB",
    unit: "MiB",
    targets: [{ against: "MiB", most: 16 }],
  },
  {
    key: "wholeThere",
    title: "memory, remote, whole 1 GiB",
    unit: "MiB",
    targets: [{ against: "MiB", most: 16 }],
  },
];
