/**
 * The group as its maps see it.
 *
 * @module
 */

import { callOf } from "../../code/call.ts";
import type { MapHost } from "../../map/host.ts";
import { coreOf, type Gateway } from "../gateway.ts";
import type { Drains } from "./drain.ts";
import type { Starter } from "./starter.ts";

/** What a map runs on. */
export function mapHost(
  caller: Parameters<typeof callOf>[0],
  gateways: Iterable<Gateway>,
  starter: Pick<Starter, "onJoin" | "restart">,
  drains: Pick<Drains, "hold">,
): MapHost<Gateway> {
  return {
    from: callOf(caller),
    gateways,
    begin: () => drains.hold(),
    execute: (gateway, code, args, isolate) => coreOf(gateway).execute(code, args, { isolate }),
    onJoin: (joined) => starter.onJoin(joined),
    restart: (lost) => starter.restart(lost),
  };
}
