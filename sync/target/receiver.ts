/**
 * The side of a sync that has the target: compares, asks for what differs, writes it, and deletes.
 *
 * @module
 */

import { Condition } from "../wire/condition.ts";
import { type Entry, Kind } from "../wire/entry.ts";
import { check } from "../wire/check.ts";
import {
  type Link,
  type ListMessage,
  numbersOf,
  type ReceiverMessage,
  type SenderMessage,
  sendUnlessClosed,
  type SettledMessage,
} from "../wire/messages.ts";
import { Pace } from "../wire/pace.ts";
import { placeOf, rootOf } from "../wire/path.ts";
import type { Reporter, Told } from "../wire/problems.ts";
import type { Settings } from "../wire/settings.ts";
import { Books } from "./books.ts";
import { type Judge, Removal } from "./removal.ts";
import { nextMessage, rootMessage } from "./root_message.ts";
import { Wants } from "./wants.ts";
import { type Work, workOn } from "./work.ts";

/** Messages with lists that may wait to be compared. */
const MAX_LISTS = 256;

/** What a receiver works on. */
export interface ReceiverInit {
  link: Link;
  path: string;
  settings: Settings;
  reporter: Reporter;
  /** The initiator's filter, if it is on this side. */
  accepts: ((path: string, entry: Entry) => boolean) | undefined;
  /** Takes what the other side reports, if that is the far one. */
  told: (told: Told) => void;
  /** Ends the link; undefined on the far side, where the end of the execution does. */
  stop: (() => void) | undefined;
  /** Says that nothing more is needed, where `stop` is there. */
  finished: (() => void) | undefined;
}

/** Receives a tree, or a file. */
export class Receiver {
  readonly #init: ReceiverInit;
  readonly #books: Books;
  readonly #condition = new Condition();
  readonly #lists: ListMessage[] = [];
  #verdicts: boolean[] | undefined;
  #isListed = false;
  #mayDelete: boolean | undefined;
  #isDone = false;

  constructor(init: ReceiverInit) {
    this.#init = init;
    this.#books = new Books(init.reporter);
  }

  async run(): Promise<void> {
    const messages = this.#init.link[Symbol.asyncIterator]();
    const root = await rootMessage(messages, this.#init.told);
    const work = root && this.#begin(root);
    if (work === undefined) {
      await this.#report();
      this.#init.stop?.();
      return;
    }
    const receiving = this.#receive(messages, work).catch((error) => this.#condition.fail(error));
    try {
      await this.#compare(work);
      await this.#finish(work);
      await this.#report();
      this.#isDone = true;
      this.#init.finished?.();
    } catch (error) {
      this.#condition.fail(error);
      this.#init.stop?.();
      throw error;
    } finally {
      // On the far side it ends with the execution.
      if (this.#init.stop !== undefined) await receiving;
      await work.writer.abandon();
      work.links.abandon();
      work.tree.close();
      work.tree.restore();
    }
  }

  async #report(): Promise<void> {
    this.#books.tally.scanning = false;
    await this.#books.tell(true);
  }

  /** Prepares the root; returns nothing if nothing can be done there. */
  #begin(root: Entry): Work | undefined {
    const { settings, path, accepts } = this.#init;
    const [around, name] = placeOf(path);
    const isFile = root.kind === Kind.file;
    try {
      return isFile
        ? workOn(around, root, settings, this.#books, undefined, name)
        : workOn(rootOf(path), root, settings, this.#books, accepts, undefined);
    } catch (error) {
      this.#books.error("", "write", error);
    }
  }

  async #receive(messages: AsyncIterator<unknown>, work: Work): Promise<void> {
    while (true) {
      const message = await nextMessage(messages);
      if (message === undefined) break;
      work.tree.again();
      if (message instanceof Uint8Array) {
        await work.incoming.bytes(message as Uint8Array<ArrayBuffer>);
      } else await this.#take(message, work);
      this.#condition.changed();
    }
    check(this.#isDone, "no end");
  }

  async #take(message: SenderMessage, { incoming }: Work): Promise<void> {
    switch (message.type) {
      case "told":
        return this.#init.told(message);
      case "list":
        this.#lists.push(message);
        return check(this.#lists.length <= MAX_LISTS, "more lists than may wait");
      case "listed":
        this.#isListed = true;
        return;
      case "files":
        await incoming.files(message);
        return await this.#books.tell();
      case "none":
        incoming.none(message);
        return await this.#books.tell();
      case "open":
        return await incoming.open(message);
      case "copy":
        return await incoming.copy(message);
      case "packed":
        return await incoming.packed(message);
      case "close":
        await this.#settle(await incoming.close(message));
        return await this.#books.tell();
      case "answer":
        check(Array.isArray(message.verdicts), "no verdicts");
        this.#verdicts = message.verdicts;
        return;
      case "end":
        check(this.#isListed && incoming.isComplete, "an early end");
        this.#mayDelete = message.mayDelete === true;
        return;
      default:
        check(false, "a message of no known type");
    }
  }

  /** `#receive` calls it. */
  async #settle(settled: Omit<SettledMessage, "type"> | undefined): Promise<void> {
    if (settled !== undefined) {
      await sendUnlessClosed(this.#init.link, { type: "settled", ...settled });
    }
  }

  async #compare(work: Work): Promise<void> {
    const pace = new Pace();
    const { listing, comparison } = work;
    const wants = new Wants({
      work,
      settings: this.#init.settings,
      books: this.#books,
      condition: this.#condition,
      send: (message) => this.#send(message),
    });
    while (true) {
      await this.#condition.until(() => this.#lists.length > 0 || this.#isListed);
      const list = this.#lists.shift();
      if (list === undefined) break;
      const wishes = listing.entries(list).map((each) => comparison.compare(each))
        .filter((wish) => wish !== undefined);
      await wants.answer(wishes.toArray());
      await this.#books.tell();
      await pace.turn();
    }
    check(listing.isComplete, "less than all of its directories");
    this.#books.tally.scanning = false;
  }

  async #finish({ tree, writer, links, listing, comparison }: Work): Promise<void> {
    await this.#condition.until(() => this.#mayDelete !== undefined);
    await writer.idle();
    const { settings } = this.#init;
    const books = this.#books;
    // With atomic: "tree", all has waited for this.
    writer.place();
    links.place();
    if (this.#mayDelete && settings.maxDelete !== undefined) {
      const removal = new Removal({ tree, settings, books, judge: this.#judge() });
      await removal.find(listing.extras, comparison.blocked);
      await removal.run();
    }
    await writer.finish();
    links.finish();
    tree.close();
    tree.finish((path, error) => books.error(path, "mode", error));
  }

  #judge(): Judge | undefined {
    const { accepts, settings } = this.#init;
    if (accepts !== undefined) {
      return (paths, entries) =>
        Promise.resolve(entries.map((entry, i) => accepts(paths[i], entry)));
    }
    if (!settings.hasFilter) return undefined;
    return async (paths, entries) => {
      this.#verdicts = undefined;
      await this.#send({ type: "ask", paths, numbers: numbersOf(entries) });
      await this.#condition.until(() => this.#verdicts !== undefined);
      const verdicts: boolean[] = this.#verdicts ?? [];
      check(verdicts.length === paths.length, "an answer of another length");
      return verdicts;
    };
  }

  /** If the other side has ended, the link says how: `#receive` tells. */
  async #send(message: ReceiverMessage): Promise<void> {
    const isSent = await sendUnlessClosed(this.#init.link, message);
    if (!isSent) await this.#condition.until(() => false);
  }
}
