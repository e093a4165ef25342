/**
 * The side of a sync that has the source: lists it, and sends what the other side wants.
 *
 * @module
 */

import { Condition, together } from "../wire/condition.ts";
import { checkSums } from "../wire/blocks.ts";
import { type Entry, Kind } from "../wire/entry.ts";
import { check } from "../wire/check.ts";
import {
  checkIds,
  entriesOf,
  type Link,
  numbersOf,
  type ReceiverMessage,
  type SenderMessage,
  sendUnlessClosed,
} from "../wire/messages.ts";
import { childOf, isName } from "../wire/path.ts";
import type { Reporter, Told } from "../wire/problems.ts";
import type { Settings } from "../wire/settings.ts";
import type { Accepts, Batch } from "./scan.ts";
import { ContentSender, type Wanted } from "./serve.ts";

/** Messages with lists that may be sent before one is answered; directories may be empty. */
const MAX_LISTS = 64;
/** Entries that may be listed before the other side has said which of them it wants, and got them. */
const MAX_OPEN = 16 * 1024;

/** What a sender works on. */
export interface SenderInit {
  link: Link;
  root: string;
  entry: Entry | undefined;
  batches: AsyncIterable<Batch>;
  settings: Settings;
  reporter: Reporter;
  /** The initiator's filter, if it is on this side. */
  accepts: Accepts | undefined;
  /** Takes what the other side reports, if that is the far one. */
  told: (told: Told) => void;
  /** Ends the link; undefined on the far side, where the end of the execution does. */
  stop: (() => void) | undefined;
}

/** Sends a tree, or a file. Resolves when the other side has done all. */
export class Sender {
  readonly #init: SenderInit;
  readonly #condition = new Condition();
  readonly #listed = new Map<number, string>();
  readonly #content: ContentSender;
  #next = 0;
  #upTo = 0;
  /** Messages with lists that are not answered. */
  #lists = 0;
  #isListed = false;
  #isClean = true;
  #hasAll = false;

  constructor(init: SenderInit) {
    this.#init = init;
    const { root, settings, reporter } = init;
    this.#content = new ContentSender({
      root: init.entry?.kind === Kind.file ? undefined : root,
      file: root,
      links: init.entry?.kind === Kind.file ? "follow" : settings.links,
      compress: settings.compress,
      dryRun: settings.dryRun,
      send: (message) => this.#send(message),
      failed: (problem) => {
        this.#isClean = false;
        reporter.error(problem);
      },
    });
  }

  async run(): Promise<void> {
    await this.#init.reporter.flush(undefined, true);
    await this.#send({ type: "root", entry: this.#init.entry });
    await together(this.#condition, [
      () => this.#receive(),
      () => this.#list(),
      () => this.#serve(),
    ], this.#init.stop);
  }

  /** If the other side has ended, the link says how: `#receive` tells the others. */
  async #send(message: SenderMessage | Uint8Array<ArrayBuffer>): Promise<void> {
    const isSent = await sendUnlessClosed(this.#init.link, message);
    if (!isSent) await this.#condition.until(() => this.#hasAll);
  }

  async #receive(): Promise<void> {
    for await (const message of this.#init.link) {
      check(typeof message === "object" && message !== null, "no message");
      const received = message as ReceiverMessage;
      if (received.type === "told") this.#init.told(received);
      else if (received.type === "want") this.#want(received);
      else if (received.type === "delta") this.#wantDelta(received);
      else if (received.type === "settled") {
        checkIds([received.id]);
        this.#content.settle(received.id, received.isAgain === true);
        this.#condition.changed();
      } else if (received.type === "ask") await this.#answer(received.paths, received.numbers);
      else check(false, "a message of no known type");
    }
    this.#hasAll = true;
    this.#condition.changed();
  }

  async #list(): Promise<void> {
    const { batches, reporter, settings } = this.#init;
    let isEmpty = false;
    for await (const batch of batches) {
      for (const error of batch.errors) reporter.error(error);
      for (const { path, reason } of batch.skipped) reporter.skip(path, reason);
      if (batch.errors.length > 0) this.#isClean = false;
      if (batch.directory === "" && batch.isEmpty) isEmpty = true;
      await this.#condition.until(() => this.#mayList || this.#hasAll);
      if (this.#hasAll) return;
      await this.#sendBatch(batch);
      await reporter.flush();
      if (this.#hasAll) return;
    }
    if (isEmpty && settings.maxDelete !== undefined) {
      this.#isClean = false;
      reporter.error({
        path: "",
        operation: "delete",
        code: "EMPTY_SOURCE",
        message: "the source is empty, so nothing was deleted; remove the target to empty it",
      });
    }
    this.#isListed = true;
    await this.#send({ type: "listed" });
    this.#condition.changed();
  }

  get #mayList(): boolean {
    return this.#lists < MAX_LISTS && this.#next - this.#upTo < MAX_OPEN;
  }

  async #sendBatch(batch: Batch): Promise<void> {
    const { directory, names, entries, texts, ignore, isLast } = batch;
    if (names.length === 0 && !isLast && ignore === undefined) return;
    entries.forEach(({ kind }, i) => {
      if (kind === Kind.file) this.#listed.set(this.#next + i, childOf(directory, names[i]));
    });
    this.#next += names.length;
    this.#lists++;
    await this.#send({
      type: "list",
      directory,
      names: names.join("\0"),
      numbers: numbersOf(entries),
      texts,
      ignore,
      isLast,
    });
  }

  #want({ upTo, ids, hashes }: ReceiverMessage & { type: "want" }): void {
    check(
      Number.isSafeInteger(upTo) && upTo >= this.#upTo && upTo <= this.#next,
      "an answer about entries that were not listed",
    );
    check(--this.#lists >= 0, "an answer to no list");
    checkIds(ids);
    check(Array.isArray(hashes) && hashes.length === ids.length, "hashes of no files");
    const wanted: Wanted[] = ids.map((id, i) => {
      check(id < upTo, "a wish for what is no file");
      const hash: unknown = hashes[i];
      check(hash === undefined || hash instanceof Uint8Array, "a hash that is none");
      return { id, path: this.#take(id), hash, sums: undefined };
    });
    for (; this.#upTo < upTo; this.#upTo++) this.#listed.delete(this.#upTo);
    this.#content.add(wanted);
    this.#condition.changed();
  }

  #wantDelta({ id, sums }: ReceiverMessage & { type: "delta" }): void {
    checkSums(sums);
    this.#content.add([{ id, path: this.#take(id), hash: undefined, sums }]);
    this.#condition.changed();
  }

  /** Returns the path of a listed file that was not answered yet. */
  #take(id: number): string {
    const path = this.#listed.get(id);
    check(path !== undefined, "a wish for what is no file");
    this.#listed.delete(id);
    return path;
  }

  async #serve(): Promise<void> {
    while (true) {
      await this.#condition.until(() => this.#content.hasWork || this.#isDone || this.#hasAll);
      if (this.#hasAll) return;
      if (this.#content.hasWork) await this.#content.sendNext();
      else break;
    }
    await this.#init.reporter.flush(undefined, true);
    await this.#send({ type: "end", mayDelete: this.#isClean });
  }

  get #isDone(): boolean {
    return this.#isListed && this.#lists === 0 && this.#content.isSettled;
  }

  /** `#receive` calls it. */
  async #answer(paths: unknown, numbers: unknown): Promise<void> {
    check(Array.isArray(paths) && paths.every((path) => isPath(path)), "paths that are none");
    const entries = entriesOf(numbers, paths.length);
    const verdicts = entries.map((entry, i) => this.#init.accepts?.(paths[i], entry) ?? true);
    await sendUnlessClosed(this.#init.link, { type: "answer", verdicts });
  }
}

function isPath(path: unknown): path is string {
  return typeof path === "string" && path.split("/").every(isName);
}
