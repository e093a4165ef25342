/**
 * The first messages of the side that has the source.
 *
 * @module
 */

import type { Entry } from "../wire/entry.ts";
import { check } from "../wire/check.ts";
import { checkEntry, type SenderMessage } from "../wire/messages.ts";
import type { Told } from "../wire/problems.ts";

/** Returns the next message; undefined at the end. */
export async function nextMessage(
  messages: AsyncIterator<unknown>,
): Promise<SenderMessage | undefined> {
  const { done, value } = await messages.next();
  if (done) return undefined;
  check(typeof value === "object" && value !== null, "no message");
  return value as SenderMessage;
}

/** Returns what the root of the source is; undefined if it cannot be read. */
export async function rootMessage(
  messages: AsyncIterator<unknown>,
  told: (told: Told) => void,
): Promise<Entry | undefined> {
  while (true) {
    const message = await nextMessage(messages);
    check(message !== undefined, "nothing");
    if (message.type === "told") {
      told(message);
      continue;
    }
    check(message.type === "root", "something before its root");
    if (message.entry !== undefined) checkEntry(message.entry);
    return message.entry;
  }
}
