/**
 * `deno task bench:growth [--most=N] [--rounds=N] [before]`: how the cost grows with the size of
 * items, with channels, with executions one after the other, and with gateways, 1 to `most` (default
 * 256). Each figure is the median of `rounds` (default 3). Draws `growth.svg` and writes
 * `results/growth.json`. `before` is a clone at another commit, in which `deno task build` has run; it
 * is measured in turns with this one. Reads `/proc`: Linux only.
 */
import { parseArgs } from "@std/cli/parse-args";
import { median } from "./measure.ts";
import { type Panel, plot, type Points } from "./plot.ts";
import { here } from "./run.ts";

const PANELS = [
  { key: "sizesTo", title: "items to the gateway by bytes", unit: "/s" },
  { key: "sizesFrom", title: "items from the gateway by bytes", unit: "/s" },
  { key: "channels", title: "an item on each channel and back, by channels", unit: "ms" },
  { key: "executions", title: "memory of both sides by executions so far", unit: "MiB" },
  { key: "groupStart", title: "start of all by gateways", unit: "ms" },
  { key: "groupEcho", title: "an item to each and back by gateways", unit: "ms" },
  { key: "groupThere", title: "memory of all gateways by gateways", unit: "MiB" },
  { key: "groupHere", title: "growth of the initiator by gateways", unit: "MiB" },
] as const;

type Curves = Readonly<Record<string, Points>>;

async function measure(tree: string, most: string): Promise<Curves> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--config=${tree}/deno.json`,
      here("growth.ts"),
      `file://${tree}/mod.ts`,
      most,
    ],
    cwd: tree,
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${tree} could not be measured`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "");
}

/** Returns for each point the median of all rounds. */
function medians(rounds: readonly Curves[]): Curves {
  const [first] = rounds;
  return Object.fromEntries(
    Object.entries(first).map(([key, points]) => [
      key,
      points.map(([x], i): [number, number] => [x, median(rounds.map((r) => r[key][i][1]))]),
    ]),
  );
}

const { _: [before], most = "256", rounds: roundsText = "3" } = parseArgs(Deno.args, {
  string: ["most", "rounds", "_"],
});
const ROUNDS = Number(roundsText);
const trees = [
  ...(before === undefined ? [] : [{
    name: "before",
    color: "#b06a1f",
    tree: await Deno.realPath(before),
  }]),
  { name: "now", color: "#1f5fa8", tree: new URL("..", import.meta.url).pathname.slice(0, -1) },
];
const seen = new Map<string, Curves[]>(trees.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, tree } of trees) {
    console.error(`round ${round + 1} of ${ROUNDS}: ${name}`);
    seen.get(name)?.push(await measure(tree, most));
  }
}
const results = new Map(Array.from(seen, ([name, rounds]) => [name, medians(rounds)]));
const panels = PANELS.map(({ key, title, unit }): Panel => ({
  title,
  unit,
  curves: trees.map(({ name, color }) => ({ color, points: results.get(name)?.[key] ?? [] })),
}));
for (const { title, unit, curves } of panels) {
  curves.forEach(({ points }, i) => {
    const cells = points.map(([x, y]) => `${x}: ${Number(y.toPrecision(3))}`);
    console.log(`${title} (${unit}), ${trees[i].name}: ${cells.join(", ")}`);
  });
}
const folder = new URL("results/", import.meta.url);
await Deno.mkdir(folder, { recursive: true });
const json = JSON.stringify(Object.fromEntries(results), undefined, 2) + "\n";
await Deno.writeTextFile(new URL("growth.json", folder), json);
await Deno.writeTextFile(new URL("growth.svg", import.meta.url), plot(panels, trees));
