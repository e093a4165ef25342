/**
 * The entry of every `deno task`: prepares @std and the generated programs, then runs the task.
 * It runs before those exist, so it imports nothing remote.
 */
import { runAttached } from "./deno.ts";
import { runExample } from "./example.ts";
import { Failure } from "./failure.ts";
import { runOk } from "./ok.ts";
import { ROOT } from "./paths.ts";
import { deflatedBytes, ensurePrograms } from "./program.ts";
import { settleRegistry } from "./registry.ts";
import { formatTally } from "./tally.ts";
import { runTests } from "./tests.ts";

/** The tasks. Each takes the arguments after its name, and returns an exit code. */
const TASKS: Record<string, (args: string[]) => Promise<number>> = {
  demo: (args) => runAttached(["run", "-A", "examples/demo.ts", ...args]),
  execnet: runExecnet,
  example: runExample,
  bench: (args) => runAttached(["run", "-A", "bench/main.ts", ...args]),
  "bench:processes": (args) => runAttached(["run", "-A", "bench/processes.ts", ...args]),
  "bench:tcp": (args) => runAttached(["run", "-A", "bench/tcp.ts", ...args]),
  "bench:peers": (args) => runAttached(["run", "-A", "bench/peers.ts", ...args]),
  "bench:map": (args) => runAttached(["run", "-A", "bench/map.ts", ...args]),
  "bench:link": (args) => runAttached(["run", "-A", "bench/link.ts", ...args]),
  "bench:growth": (args) => runAttached(["run", "-A", "bench/growth.ts", ...args]),
  check: (args) => runAttached(["check", ...args]),
  ok: runOk,
  async test(args) {
    const { code, tally } = await runTests(args);
    console.log(formatTally(tally));
    return code;
  },
  async build() {
    for (const { name, rebuilt, text } of await ensurePrograms()) {
      const state = rebuilt ? "rebuilt" : "up to date";
      console.log(`${name}: ${await deflatedBytes(text)} bytes deflated, ${state}`);
    }
    return 0;
  },
};

/** Runs the command line where the user stands: `deno task` itself goes to the root. */
async function runExecnet(args: string[]): Promise<number> {
  const [config, entry] = ["deno.json", "cli.ts"].map((file) => new URL(file, ROOT).pathname);
  const cwd = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  return await runAttached(["run", "-A", "--config", config, entry, ...args], cwd);
}

async function main([name = "", ...args]: string[]): Promise<number> {
  const task = TASKS[name];
  if (!task) {
    throw new Failure(
      `No task "${name}"; there are: ${Object.keys(TASKS).join(", ")}.`,
    );
  }
  await settleRegistry();
  if (name !== "build") await ensurePrograms();
  return await task(args);
}

try {
  Deno.exitCode = await main(Deno.args);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}
