/**
 * `execnet map`: a function over the lines of stdin.
 *
 * @module
 */

import type { Gateway, Group, MapFunction, MapLoss } from "../../mod.ts";
import { GatewayClosedError, TimeoutError } from "../../errors.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { linesOfStdin, valueOfLine } from "../exec/stdin.ts";
import { columnsOf } from "../output/columns.ts";
import { Streams, tagged } from "../output/streams.ts";
import { jsonOf, Shown } from "../output/text.ts";
import { Interrupt } from "../run/interrupt.ts";
import { failureTable, lineOf, statusOf } from "../run/outcome.ts";
import { runEach } from "../run/run_each.ts";
import { STATUS, worst } from "../run/status.ts";
import { showPlan } from "../targets/dry_run.ts";
import { targetsOf } from "../targets/targets.ts";
import { UsageError } from "../usage.ts";
import { functionFrom } from "./function.ts";
import { Log } from "./log.ts";
import { Ordered, type Place } from "./ordered.ts";
import { ProgressLine } from "./progress.ts";

/** Runs the command. */
export async function run(args: Arguments): Promise<number> {
  if (args.has("resume") && !args.has("log")) throw new UsageError("--resume needs --log FILE");
  const fn = await functionFrom(args);
  // More would have nothing to do until the map is over.
  const targets = (await targetsOf(args)).slice(0, args.number("fanout"));
  if (args.has("dry-run")) return await showPlan(targets, args.has("json"));
  const path = args.text("log");
  using log = path === undefined ? undefined : new Log(path, jsonOf([`${fn}`, args.value("args")]));
  const streams: Streams = new Streams(() => interrupt.ask());
  using interrupt = new Interrupt(() => {
    streams.err.write("execnet: stopping; Ctrl-C again kills what is left\n");
  });
  const shown = new Shown(false);
  const map = new ItemMap(fn, args, streams, log, interrupt);
  const outcomes = await runEach(targets, {
    output: (line, _, { id }) => void streams.err.write(tagged(`[${id}] `, shown.text(line))),
    run: (gateway) => map.on(gateway),
    ended: () => {},
  }, interrupt);
  if (interrupt.asked.aborted && interrupt.status === 0) return 0;
  const status = worst([interrupt.status, ...map.statuses, ...outcomes.map(statusOf)]);
  streams.err.write(map.summary(status === 0) + failureTable(outcomes));
  await streams.flush(interrupt.killed);
  return status;
}

/** An item that has failed, in the place of its result. */
class Failed {
  readonly error: Error;

  constructor(error: Error) {
    this.error = error;
  }
}

interface Running {
  readonly place: Place;
  readonly hash?: string;
}

class ItemMap {
  readonly statuses: number[] = [];
  readonly #fn: MapFunction<unknown, unknown, unknown>;
  readonly #args: Arguments;
  readonly #streams: Streams;
  readonly #log: Log | undefined;
  readonly #interrupt: Interrupt;
  readonly #ordered: Ordered;
  /** The items that the map has taken, by its own indices. */
  readonly #running = new Map<number, Running>();
  readonly #failures: string[][] = [];
  readonly #losses: MapLoss<unknown>[] = [];
  #written: Promise<void> | undefined;
  #isStopping = false;
  #over: Promise<void> | undefined;

  constructor(
    fn: MapFunction<unknown, unknown, unknown>,
    args: Arguments,
    streams: Streams,
    log: Log | undefined,
    interrupt: Interrupt,
  ) {
    this.#fn = fn;
    this.#args = args;
    this.#streams = streams;
    this.#log = log;
    this.#interrupt = interrupt;
    this.#ordered = new Ordered(!args.has("unordered"), (text) => {
      this.#written = streams.out.write(text);
    });
  }

  /** Takes part in the map, which begins with the first gateway. Resolves when it is over. */
  async on(gateway: Gateway): Promise<void> {
    await (this.#over ??= this.#run(gateway.group as Group));
  }

  /** What failed; or, if all is well in the end, what was lost and made good. */
  summary(isWell: boolean): string {
    const failed = this.#failures.length === 0
      ? ""
      : columnsOf([["ITEM", "WHAT", "LAST LINE"], ...this.#failures]);
    const lost = this.#losses.length;
    if (lost === 0 || !isWell) return failed;
    return `execnet: warning: ${lost} ${
      lost === 1 ? "loss" : "losses"
    } of gateways, made good by ` +
      `retries; the last: ${lineOf(this.#losses[lost - 1].error)}\n`;
  }

  async #run(group: Group): Promise<void> {
    const retries = this.#args.number("retries") ?? 0;
    const timeout = this.#args.milliseconds("timeout");
    using progress = new ProgressLine(this.#streams.err);
    const results = group.map(this.#items(), this.#fn, {
      args: this.#args.value("args"),
      concurrency: this.#args.number("concurrency"),
      itemTimeout: timeout,
      // Only so is an item stopped that is in a busy loop.
      isolate: timeout !== undefined,
      retries,
      retryErrors: retries,
      respawn: retries > 0 || this.#args.has("keep-going"),
      ordered: false,
      entries: true,
      signal: this.#interrupt.asked,
      onError: (error) => {
        if (!this.#args.has("keep-going")) this.#isStopping = true;
        return { value: new Failed(error) };
      },
      onLoss: (loss) => void this.#losses.push(loss),
      onProgress: (now) => progress.show(now),
    });
    for await (const [index, result] of results) {
      this.#done(index, result);
      await this.#written;
      if (this.#ordered.isEnded) break;
    }
  }

  #done(index: number, result: unknown): void {
    const item = this.#running.get(index);
    if (item === undefined) return;
    this.#running.delete(index);
    const { place, hash } = item;
    const failed = result instanceof Failed ? result : undefined;
    if (failed === undefined) {
      if (hash !== undefined) this.#log?.add({ hash, index: place.index, result: result ?? null });
      this.#ordered.fill(place, this.#resultLine(place.index, jsonOf(result)));
      return;
    }
    const error = lineOf(failed.error);
    if (hash !== undefined) this.#log?.add({ hash, index: place.index, error });
    const what = failed.error instanceof GatewayClosedError
      ? "lost"
      : failed.error instanceof TimeoutError
      ? "timeout"
      : "failed";
    this.statuses.push(STATUS[what]);
    this.#failures.push([String(place.index), what, error]);
    if (this.#isStopping) place.isLast = true;
    const line = this.#args.has("json") ? `${jsonOf({ index: place.index, error })}\n` : "";
    this.#ordered.fill(place, line);
  }

  #resultLine(index: number, json: string): string {
    return this.#args.has("json") ? `{"index":${index},"result":${json}}\n` : `${json}\n`;
  }

  async *#items(): AsyncGenerator<unknown> {
    const known = this.#args.has("resume") ? this.#log?.results() : undefined;
    let lineNumber = 0;
    let index = -1;
    let taken = 0;
    for await (const line of linesOfStdin()) {
      lineNumber++;
      const read = this.#args.has("lines") ? { value: line } : valueOfLine(line, lineNumber);
      if (read === undefined) continue;
      index++;
      const hash = this.#log?.hashOf(read.value);
      const result = hash === undefined ? undefined : known?.get(hash);
      if (result !== undefined) {
        await this.#ordered.place(index, this.#resultLine(index, result));
        continue;
      }
      if (this.#isStopping) return;
      const place = await this.#ordered.place(index);
      this.#running.set(taken++, { place, hash });
      yield read.value;
    }
  }
}
