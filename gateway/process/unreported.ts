/**
 * Errors of executions that nobody has received yet: they are not lost with their gateway.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";

const MAX_FAILURES = 20;

/** Keeps the latest, until somebody has seen them. */
export class UnseenFailures {
  readonly #all: { channel: Channel; name: string }[] = [];

  /** Takes note of an execution that has ended, if it has failed. */
  add(channel: Channel, name: string): void {
    if (coreOf(channel)?.unseenError === undefined) return;
    this.#all.push({ channel, name });
    if (this.#all.length > MAX_FAILURES) this.#all.shift();
  }

  /** Tells of those that are still unseen. */
  report(print: (line: string) => void): void {
    for (const { channel, name } of this.#all.splice(0)) {
      const error = coreOf(channel)?.unseenError;
      if (error === undefined) continue;
      print(`${name} failed, and nobody received its error: ${error.stack}`);
    }
  }
}
