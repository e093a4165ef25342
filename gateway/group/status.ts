/**
 * The status of all gateways of a group.
 *
 * @module
 */

import { toError } from "../../internal/errors.ts";
import type { WaitOptions } from "../../internal/wait.ts";
import type { MemberStatus, RemoteStatus } from "../remote_status.ts";

/** The part of a gateway that is asked. */
interface Member {
  readonly id: string;
  remoteStatus(options?: WaitOptions): Promise<RemoteStatus>;
}

/** An idle gateway answers within a round trip; one in a busy loop does not. */
const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * Asks all gateways at once.
 *
 * @param options `timeout` in milliseconds, default 5,000. Rejects only when its `signal` is aborted.
 */
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
