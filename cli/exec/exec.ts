/**
 * `execnet exec`: code on every target.
 *
 * @module
 */

import type { Channel, Gateway } from "../../mod.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { Streams } from "../output/streams.ts";
import { Interrupt } from "../run/interrupt.ts";
import { failureTable, type Outcome, statusOf } from "../run/outcome.ts";
import { runEach } from "../run/run_each.ts";
import { worst } from "../run/status.ts";
import { showPlan } from "../targets/dry_run.ts";
import { targetsOf } from "../targets/targets.ts";
import { UsageError } from "../usage.ts";
import { codeFrom } from "./code.ts";
import { type ExecOutput, outputFor } from "./output.ts";
import { linesOfStdin, SharedLines, valueOfLine } from "./stdin.ts";

/** Runs the command. */
export async function run(args: Arguments): Promise<number> {
  checkForms(args);
  const code = await codeFrom(args);
  const targets = await targetsOf(args);
  if (args.has("dry-run")) return await showPlan(targets, args.has("json"));
  const streams: Streams = new Streams(() => interrupt.ask());
  const output = outputFor(args, targets.map(({ id }) => id), streams);
  using interrupt = new Interrupt(() => {
    streams.err.write("execnet: stopping; Ctrl-C again kills what is left\n");
  });
  const input = args.has("stdin") ? new SharedLines(linesOfStdin(), targets.length) : undefined;
  const work = new Exec(code, args, output, input);
  const outcomes = await runEach(targets, {
    output: (line, stream, { id }) => output.printed(id, stream, line),
    fanout: args.number("fanout"),
    timeout: args.milliseconds("timeout"),
    run: (gateway, signal) => work.run(gateway, signal),
    ended: (outcome) => work.ended(outcome),
  }, interrupt);
  output.finish();
  // Nobody reads the output: that is how `| head` ends, and no failure.
  if (interrupt.asked.aborted && interrupt.status === 0) return 0;
  streams.err.write(failureTable(outcomes));
  await streams.flush(interrupt.killed);
  return worst([interrupt.status, ...outcomes.map(statusOf)]);
}

/** Refuses forms of output that exclude each other. */
function checkForms(args: Arguments): void {
  for (const [first, second] of [["gather", "json"], ["gather", "out"]]) {
    if (args.has(first) && args.has(second)) {
      throw new UsageError(`--${first} and --${second} exclude each other`);
    }
  }
}

class Exec {
  readonly #code: string | URL;
  readonly #args: Arguments;
  readonly #output: ExecOutput;
  readonly #input: SharedLines | undefined;
  /** The targets that have begun to read the input. */
  readonly #fed = new Set<string>();

  constructor(
    code: string | URL,
    args: Arguments,
    output: ExecOutput,
    input: SharedLines | undefined,
  ) {
    this.#code = code;
    this.#args = args;
    this.#output = output;
    this.#input = input;
  }

  async run(gateway: Gateway, signal: AbortSignal): Promise<void> {
    const { id } = gateway;
    const channel = gateway.remoteExec(this.#code, this.#args.value("args"), {
      isolate: this.#args.has("isolate"),
      signal,
    });
    const feeding = this.#feed(channel, id);
    const receiving = this.#receive(channel, id, signal);
    // A line that is no JSON ends it; a channel that has ended is told by what it sends.
    await Promise.race([receiving, feeding.then(() => receiving)]);
  }

  ended(outcome: Outcome): void {
    if (!this.#fed.has(outcome.id)) this.#input?.leave();
    this.#output.ended(outcome);
  }

  async #receive(channel: Channel, id: string, signal: AbortSignal): Promise<void> {
    for await (const item of channel) await this.#output.item(id, item);
    await channel.waitClose({ signal });
  }

  /** Sends the lines of stdin; none if they are not asked for. */
  async #feed(channel: Channel, id: string): Promise<void> {
    if (this.#input === undefined) return channel.closeSend();
    this.#fed.add(id);
    const isJson = this.#args.value("stdin") === "json";
    let number = 0;
    for await (const line of this.#input.read()) {
      const sent = isJson ? valueOfLine(line, ++number) : { value: line };
      if (sent === undefined) continue;
      try {
        await channel.send(sent.value);
      } catch {
        return; // it has ended
      }
    }
    channel.closeSend();
  }
}
