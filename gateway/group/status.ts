/**
 * What the gateways of a group are doing.
 *
 * @module
 */

import { toError } from "../../internal/errors.ts";
import type { WaitOptions } from "../../internal/wait.ts";
import type { RemoteStatus } from "../remote_info.ts";

/** What one gateway of a group answered, or why it did not. */
export type MemberStatus =
  | RemoteStatus & { readonly reachable: true }
  | { readonly reachable: false; readonly error: Error };

/** What is asked of a gateway. */
interface Member {
  readonly id: string;
  remoteStatus(options?: WaitOptions): Promise<RemoteStatus>;
}

/** A gateway that is well answers within a round trip; one in a busy loop does not. */
const DEFAULT_TIMEOUT_MS = 5_000;

/** Asks all at once. Rejects when the wait is given up by its signal, and for no gateway's sake. */
export async function statusOf(
  gateways: Iterable<Member>,
  { timeout = DEFAULT_TIMEOUT_MS, signal }: WaitOptions = {},
): Promise<Map<string, MemberStatus>> {
  const answers = await Promise.all(
    Array.from(gateways, async (gateway): Promise<[string, MemberStatus]> => {
      try {
        const status = await gateway.remoteStatus({ timeout, signal });
        return [gateway.id, { reachable: true, ...status }];
      } catch (error) {
        signal?.throwIfAborted();
        return [gateway.id, {
          reachable: false,
          error: toError(error),
        }];
      }
    }),
  );
  return new Map(answers);
}
