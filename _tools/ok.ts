/** Runs everything that CI checks; a failed step does not stop the next ones. */
import { findViolations } from "./check_layers.ts";
import { findBrokenLinks } from "./check_links.ts";
import { findOversized, readSizes } from "./check_sizes.ts";
import { type Captured, runCaptured } from "./deno.ts";
import { readModuleGraph } from "./module_graph.ts";
import { rehearsePublish } from "./publish.ts";
import { add, formatTally, NOTHING, type Tally } from "./tally.ts";
import { runTests } from "./tests.ts";

export const WITHOUT_TESTS = "--without-tests";

interface Step {
  readonly name: string;
  /** Returns what is wrong, or undefined. */
  readonly findFaults: () => Promise<string>;
}

const STATIC_STEPS: readonly Step[] = [
  denoStep("format", ["fmt", "--check"]),
  denoStep("lint", ["lint"]),
  denoStep("types", ["check"]),
  {
    name: "layers",
    findFaults: async () => findViolations(await readModuleGraph()).join("\n"),
  },
  {
    name: "sizes",
    findFaults: async () => findOversized(await readSizes()).join("\n"),
  },
  { name: "links", findFaults: async () => (await findBrokenLinks()).join("\n") },
  denoStep("docs", ["doc", "--lint", "mod.ts", "cli.ts", "serve.ts", "sync.ts"]),
  {
    name: "publish",
    findFaults: async () => faultsOf(await rehearsePublish()),
  },
];

export async function runOk(args: string[]): Promise<number> {
  const failed: string[] = [];
  let tally = NOTHING;
  for (const step of STATIC_STEPS) {
    const faults = await timed(step.name, step.findFaults);
    if (faults) failed.push(step.name);
    tally = add(tally, faults ? ONE_FAILED : ONE_PASSED);
  }
  if (!args.includes(WITHOUT_TESTS)) {
    console.log("tests");
    const tests = await runTests([]);
    if (tests.code !== 0) failed.push("tests");
    tally = add(tally, tests.tally);
  }
  if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
  console.log(formatTally(tally));
  return failed.length > 0 ? 1 : 0;
}

const ONE_PASSED: Tally = { ...NOTHING, passed: 1 };
const ONE_FAILED: Tally = { ...NOTHING, failed: 1 };

function denoStep(name: string, args: string[]): Step {
  return { name, findFaults: async () => faultsOf(await runCaptured(args)) };
}

function faultsOf({ success, stdout, stderr }: Captured): string {
  return success ? "" : (stdout + stderr).trim() || "failed without a word";
}

async function timed(
  name: string,
  findFaults: () => Promise<string>,
): Promise<string> {
  const start = performance.now();
  const faults = await findFaults();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name.padEnd(10)}${faults ? "FAILED" : "ok"} (${seconds} s)`);
  if (faults) console.log(faults.replace(/^/gm, "  "));
  return faults;
}
