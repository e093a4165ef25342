/**
 * Summarizes the files of a directory tree in parallel: one gateway per core, each of which may
 * read that directory and nothing else.
 *
 *     deno run --allow-run --allow-env --allow-read examples/demo.ts [dir]
 *
 * The parts are in `demo/`: `summarize.ts` is what runs in the gateways, `hand_out.ts` gives them
 * work.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli/parse-args";
import { ExecnetError, Group } from "@x/execnet";
import { handOut } from "./demo/hand_out.ts";
import { ProgressBar } from "./demo/progress.ts";
import { type Report, toJson, toText } from "./demo/report.ts";
import { readTree } from "./demo/tree.ts";

const HELP = `Usage: demo [options] [dir]

SHA-256, lines and bytes of each regular file below dir (default: this repository), worked out by
gateways that may read dir and nothing else. Symbolic links are not followed.

  --gateways N  how many to start (default: one per core)
  --json        print a report for programs, with the result of each file
  --help        print this

The exit code is 1 if something could not be read.`;

const MAX_GATEWAYS = 256;
const REPOSITORY = fileURLToPath(new URL("../", import.meta.url));

/** The command line is wrong, or the directory is. */
class UsageError extends Error {}

interface Options {
  dir: string;
  gateways: number;
  json: boolean;
}

async function summarizeTree({ dir, gateways }: Options, signal: AbortSignal): Promise<Report> {
  await using group = new Group({ defaultSpec: { popen: true, permissions: { read: [dir] } } });
  const [tree, started] = await Promise.all([
    readTree(dir, signal),
    Promise.all(Array.from({ length: gateways }, () => group.makeGateway())),
  ]);
  const report: Report = {
    dir,
    seconds: 0,
    gateways: started.map(({ id }) => id),
    files: [],
    errors: tree.errors,
  };
  const bytes = tree.files.reduce((sum, { size }) => sum + size, 0);
  using progress = new ProgressBar({ files: tree.files.length, bytes });
  const start = performance.now();
  await handOut(started, tree.files, (outcome) => {
    const { name, size } = outcome.file;
    progress.advance(size);
    if ("error" in outcome) report.errors.push({ path: name, error: outcome.error });
    else report.files.push({ path: name, gateway: outcome.gateway, ...outcome.summary });
  }, signal);
  report.seconds = (performance.now() - start) / 1000;
  return report;
}

async function parseOptions(args: string[]): Promise<Options | "help"> {
  const { _: dirs, gateways, json, help } = parseArgs(args, {
    boolean: ["json", "help"],
    string: ["_", "gateways"],
    unknown(arg: string, key?: string) {
      if (key !== undefined) throw new UsageError(`there is no option ${arg}`);
    },
  });
  if (help) return "help";
  if (dirs.length > 1) throw new UsageError(`give one directory, not ${dirs.length}`);
  const count = gateways === undefined ? navigator.hardwareConcurrency : Number(gateways);
  if (!Number.isInteger(count) || count < 1 || count > MAX_GATEWAYS) {
    throw new UsageError(`--gateways takes a number from 1 to ${MAX_GATEWAYS}`);
  }
  return { dir: await findDirectory(dirs[0]), gateways: count, json };
}

/** The real path of `dir`. A task runs in the repository; `INIT_CWD` is where it was called. */
async function findDirectory(dir?: string | number): Promise<string> {
  const base = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const path = dir === undefined ? REPOSITORY : resolve(base, `${dir}`);
  try {
    const real = await Deno.realPath(path);
    if ((await Deno.stat(real)).isDirectory) return real;
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
  throw new UsageError(`${path} is not a directory`);
}

async function main(args: string[]): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = () => {
    interrupt.abort();
    Deno.removeSignalListener("SIGINT", onInterrupt); // the next one ends this process at once
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    const options = await parseOptions(args);
    if (options === "help") {
      console.log(HELP);
      return 0;
    }
    const report = await summarizeTree(options, interrupt.signal);
    console.log(options.json ? toJson(report) : toText(report));
    return report.errors.length > 0 ? 1 : 0;
  } catch (error) {
    if (interrupt.signal.aborted) {
      console.error("interrupted");
      return 130;
    }
    if (error instanceof UsageError) {
      console.error(`demo: ${error.message}\nTry "demo --help".`);
      return 2;
    }
    if (error instanceof ExecnetError) {
      console.error(`demo: ${error.message}`);
      return 1;
    }
    throw error;
  } finally {
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}

Deno.exitCode = await main(Deno.args);
