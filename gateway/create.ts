/**
 * Makes gateways. With all that a gateway needs to run, this is loaded while the process of the first
 * one starts.
 *
 * @module
 */

import type { GatewaySpec } from "../spec/spec.ts";
import { type Gateway, gatewayOf } from "./gateway.ts";
import { GatewayCore } from "./gateway_core.ts";
import type { GatewayInit } from "./gateway_init.ts";
import type { GatewayGroup } from "./group_interface.ts";

/**
 * Makes a gateway, whose process is starting.
 *
 * @param given What `Gateway.spec` shows.
 */
export function createGateway(
  init: GatewayInit,
  given: GatewaySpec,
  group: GatewayGroup<Gateway>,
): Gateway {
  const { id } = init;
  const own: GatewayInit = { ...init, uncaughtHandler: () => group.onUncaught };
  return gatewayOf({ id, group, given, makeCore: (owner) => new GatewayCore(owner, own) });
}
