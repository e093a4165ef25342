/**
 * Errors of executions that nobody has received: they are printed when their gateway ends.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";

const MAX_ERRORS = 20;

/** Keeps the latest executions that have failed, in case nobody receives their errors. */
export class UnreportedErrors {
  readonly #failed: { channel: Channel; name: string }[] = [];

  /** Records an execution that has ended, if it has failed. */
  add(channel: Channel, name: string): void {
    if (coreOf(channel).unseenError === undefined) return;
    this.#failed.push({ channel, name });
    if (this.#failed.length > MAX_ERRORS) this.#failed.shift();
  }

  /** Prints the errors that have not been received since. */
  report(print: (line: string) => void): void {
    for (const { channel, name } of this.#failed.splice(0)) {
      const error = coreOf(channel).unseenError;
      if (error === undefined) continue;
      print(`${name} failed, and nobody received its error: ${error.stack}`);
    }
  }
}
