/**
 * What happens on a connection that is refused, or whose slot is revoked.
 *
 * @module
 */

import { clearTimer, setTimeout } from "../internal/timers.ts";
import type { RefusalCode } from "../protocol/auth_messages.ts";
import { encodeRefusal } from "../protocol/auth_payloads.ts";
import type { ServerConnection } from "./connection.ts";
import type { HalfOpenSlot } from "./half_open.ts";

/** How often what a refused client goes on to send is read, 1 KiB at most each time. */
const MAX_RESTS = 64;

/** Sends a refusal. A client that does not read it is waited for no longer than its slot lasts. */
export async function report(
  connection: ServerConnection,
  code: RefusalCode,
  reason: string,
  slot: HalfOpenSlot,
): Promise<void> {
  try {
    await unlessRevoked(connection.write(encodeRefusal(code, reason)), slot);
    await unlessRevoked(connection.closeWrite(), slot);
    // If something unread were left, closing the connection would discard what was written.
    const rest = new Uint8Array(1024);
    for (let i = 0; i < MAX_RESTS && await connection.readSome(rest) !== null; i++);
  } catch { /* the client is gone */ }
}

/** Waits for a promise, as long as the slot is not revoked. */
export async function unlessRevoked<T>(promise: Promise<T>, slot: HalfOpenSlot): Promise<T> {
  const revoked = slot.revoked.then((reason) => {
    throw new Error(reason);
  });
  return await Promise.race([promise, revoked]);
}

/** Waits, as long as the slot is not revoked. */
export async function pause(ms: number, slot: HalfOpenSlot): Promise<void> {
  const passed = Promise.withResolvers<void>();
  const timer = setTimeout(passed.resolve, ms);
  try {
    await Promise.race([passed.promise, slot.revoked]);
  } finally {
    clearTimer(timer);
  }
}
