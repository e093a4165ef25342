/**
 * What `push` and `pull` have in common: options, targets, what is printed, and the end.
 *
 * @module
 */

import type { Gateway } from "../../mod.ts";
import type { SyncOptions, SyncReport } from "../../sync.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { Streams, tagged } from "../output/streams.ts";
import { Shown } from "../output/text.ts";
import { Interrupt } from "../run/interrupt.ts";
import { failureTable, statusOf } from "../run/outcome.ts";
import { runEach } from "../run/run_each.ts";
import { worst } from "../run/status.ts";
import { EXCLUDED_TARGETS } from "../table/option.ts";
import { type Target, targetsOf } from "../targets/targets.ts";
import { UsageError } from "../usage.ts";
import { Bars } from "./bars.ts";
import { problemLine, SyncOutput } from "./output.ts";

/** Syncs with one target. */
export type SyncOne = (gateway: Gateway, options: SyncOptions) => Promise<SyncReport>;

/** Returns the operand and the value of `--to`. */
export function operandAndPlace(args: Arguments, usage: string): [string, string] {
  const [operand] = args.operands;
  const to = args.text("to");
  if (operand === undefined || operand === "" || to === undefined) {
    throw new UsageError(`write it as execnet ${usage}: ${operand ? "--to" : "a path"} is missing`);
  }
  return [operand, to];
}

/** Syncs with each target, and returns the exit status. */
export async function runSync(
  args: Arguments,
  syncWith: (targets: readonly Target[]) => SyncOne,
): Promise<number> {
  const targets = await targetsOf(args, EXCLUDED_TARGETS);
  const streams: Streams = new Streams(() => interrupt.ask());
  using interrupt = new Interrupt(() => {
    bars.print("execnet: stopping; Ctrl-C again kills what is left\n");
  });
  using bars = new Bars(streams.err, targets.map(({ id }) => id));
  const shown = new Shown(false);
  const output = new SyncOutput(args, targets.length, streams, bars);
  const sync = syncWith(targets);
  const running: Promise<void>[] = [];
  const outcomes = await runEach(targets, {
    output: (line, _, { id }) => bars.print(tagged(`[${id}] `, shown.text(line))),
    fanout: args.number("fanout"),
    timeout: args.milliseconds("timeout"),
    run: (gateway, signal) => {
      const run = syncOn(gateway, sync, optionsOf(args, signal, output, bars, gateway.id), output);
      running.push(run);
      return run;
    },
    ended: (outcome) => output.ended(outcome),
  }, interrupt);
  // What was stopped still removes what it has written half, if nobody is in a hurry.
  await Promise.race([Promise.allSettled(running), whenAborted(interrupt.killed)]);
  bars[Symbol.dispose]();
  if (interrupt.asked.aborted && interrupt.status === 0) return 0;
  output.finish();
  streams.err.write(failureTable(outcomes));
  await streams.flush(interrupt.killed);
  return worst([interrupt.status, ...outcomes.map(statusOf)]);
}

async function syncOn(
  gateway: Gateway,
  sync: SyncOne,
  options: SyncOptions,
  output: SyncOutput,
): Promise<void> {
  const report = await sync(gateway, options);
  output.report(gateway.id, report);
  const [first, ...more] = report.errors;
  if (first === undefined) return;
  // It rejects with how the gateway was lost, of which a report has the message alone.
  if (report.errors.some(({ code }) => code === "GatewayClosedError")) await gateway.call(() => 0);
  throw new Error(problemLine(first) + (more.length === 0 ? "" : `; and ${more.length} more`));
}

function optionsOf(
  args: Arguments,
  signal: AbortSignal,
  output: SyncOutput,
  bars: Bars,
  id: string,
): SyncOptions {
  const dryRun = args.has("dry-run");
  return {
    delete: args.has("delete"),
    exclude: args.texts("exclude"),
    gitignore: args.has("gitignore"),
    checksum: args.has("checksum"),
    dryRun,
    ...(dryRun ? { onChange: (change) => output.change(id, change) } : {}),
    onProgress: (progress) => bars.show(id, progress),
    onError: "report",
    signal,
  };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
