/** Runs contestants alternately, and prints the table. */
import { median } from "./measure.ts";
import { type Results, type Row, ROWS, type Target } from "./rows.ts";

/** A program that prints its results as one line of JSON. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** The name of this package among the contestants. */
export const OURS = "execnet";
const RUN_TIMEOUT_MS = 120_000;
export const here = (file: string): string =>
  new URL(`contestants/${file}`, import.meta.url).pathname;
export const deno = (
  file: string,
): Contestant["command"] => [Deno.execPath(), "run", "-A", here(file)];

const python = (file: string, ...args: string[]): Contestant["command"] => [
  "/usr/bin/python3",
  here(file),
  ...args,
];
const node = (file: string, ...args: string[]): Contestant["command"] => [
  "node",
  here(file),
  ...args,
];
/** Measures scripts, each from the start of its process to its end: a command for each row. */
const scripts = (commands: Record<string, Contestant["command"]>): Contestant["command"] =>
  python("scripts.py", JSON.stringify(commands));

/** This package, and the best that the machine can do. */
export const OWN: readonly Contestant[] = [
  { name: OURS, command: deno("ours.ts") },
  { name: OURS, command: deno("forms.ts") },
  {
    name: OURS,
    command: scripts({
      script: deno("scripts/function.ts"),
      scriptSource: deno("scripts/source.ts"),
    }),
  },
  { name: OURS, command: deno("memory.ts") },
  { name: "floor", command: deno("floor.ts") },
  { name: "floor", command: scripts({ script: [Deno.execPath(), "run", "data:,"] }) },
];

const PYTHON = "Python execnet";
const FORK = "Node fork json";

/** The other contestants, but those whose folder is undefined: it could not be installed. */
export function peers(
  { kkrpc, capnweb, tinypool }: Record<"kkrpc" | "capnweb" | "tinypool", string | undefined>,
): Contestant[] {
  const installed = (name: string, file: string, folder: string | undefined): Contestant[] =>
    folder === undefined ? [] : [{ name, command: node(file, folder) }];
  return [
    { name: PYTHON, command: python("python_execnet.py") },
    { name: PYTHON, command: scripts({ script: python("scripts/python_execnet.py") }) },
    { name: FORK, command: node("fork.mjs", "json") },
    { name: FORK, command: scripts({ script: node("scripts/fork.mjs") }) },
    { name: "Node fork advanced", command: node("fork.mjs", "advanced") },
    ...installed("kkrpc", "kkrpc.mjs", kkrpc),
    ...installed("capnweb", "capnweb.mjs", capnweb),
    ...installed("tinypool worker_threads", "threads.mjs", tinypool),
  ];
}

/** What is compared; the medians go to `results/<name>.json`. */
export interface Competition {
  readonly rows: readonly Row[];
  readonly name: string;
}

/** Runs all alternately, `rounds` times; prints and stores the medians. */
export async function compete(
  contestants: readonly Contestant[],
  rounds: number,
  { rows, name }: Competition = { rows: ROWS, name: "latest" },
): Promise<void> {
  const seen = new Map<string, Map<string, number[]>>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of contestants) {
      console.error(`round ${round + 1} of ${rounds}: ${name}`);
      for (const [key, value] of Object.entries(await resultsOf(name, command))) {
        const rows = seen.get(name) ?? new Map<string, number[]>();
        seen.set(name, rows.set(key, [...(rows.get(key) ?? []), value]));
      }
    }
  }
  const medians = new Map(
    Array.from(seen, ([name, rows]) => [
      name,
      Object.fromEntries(Array.from(rows, ([key, values]) => [key, median(values)])),
    ]),
  );
  console.log(table(medians, rows));
  const folder = new URL("results/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  const file = new URL(`${name}.json`, folder);
  await Deno.writeTextFile(file, JSON.stringify(Object.fromEntries(medians), undefined, 2) + "\n");
}

async function resultsOf(name: string, [program, ...args]: readonly string[]): Promise<Results> {
  try {
    const { stdout, success } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
      signal: AbortSignal.timeout(RUN_TIMEOUT_MS),
    }).output();
    if (success) {
      return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "");
    }
  } catch (error) {
    console.error(`${name}: ${error}`);
  }
  console.error(`${name} could not be measured; see CONTRIBUTING.md for what it needs`);
  return {};
}

function table(medians: ReadonlyMap<string, Results>, rows: readonly Row[]): string {
  const names = [...medians.keys()];
  const lines = [["", ...names, "ratio", "target"], [
    "---",
    ...names.map(() => "--:"),
    "--:",
    "---",
  ]];
  for (const row of rows) {
    const ours = medians.get(OURS)?.[row.key];
    if (ours === undefined) continue;
    const cells = names.map((name) => figure(medians.get(name)?.[row.key], row));
    const checks = row.targets.map((target) => check(target, ours, medians, row.key));
    lines.push([
      `${row.title} (${row.unit})`,
      ...cells,
      checks.map(({ ratio }) => ratio).join("; "),
      checks.map(({ verdict }) => verdict).join("; "),
    ]);
  }
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function figure(value: number | undefined, { unit }: Row): string {
  if (value === undefined) return "";
  if (unit === "/s") return `${Math.round(value / 1_000)} k`;
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function check(
  { against, most, least }: Target,
  ours: number,
  medians: ReadonlyMap<string, Results>,
  key: string,
): { ratio: string; verdict: string } {
  const absolute = against === "MiB" || against === "idle" || against === "one worker";
  const other = absolute ? 1 : medians.get(against)?.[key];
  if (other === undefined) return { ratio: "", verdict: `(no ${against})` };
  const ratio = ours / other;
  const met = (most === undefined || ratio <= most) && (least === undefined || ratio >= least);
  const wanted = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  return {
    ratio: ratio.toFixed(2),
    verdict: `${wanted} ${absolute ? "" : `× ${against} `}${met ? "met" : "**missed**"}`,
  };
}
