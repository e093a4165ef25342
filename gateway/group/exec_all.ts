/**
 * Runs code on all gateways of a group.
 *
 * @module
 */

import type { Channel } from "../../channel/channel.ts";
import { MultiChannel } from "../../channel/multi_channel.ts";
import type { Code } from "../../code/code.ts";
import type { ExecOptions } from "../exec_options.ts";
import { coreOf, type Gateway } from "../gateway.ts";

/** Runs code on each gateway. If one refuses it, the channels of the others are closed. */
export function execAll(
  gateways: Iterable<Gateway>,
  code: Code,
  args: unknown,
  options: ExecOptions,
): MultiChannel {
  const channels: Channel[] = [];
  try {
    for (const gateway of gateways) channels.push(coreOf(gateway).start(code, args, options));
  } catch (error) {
    for (const channel of channels) channel.close();
    throw error;
  }
  return new MultiChannel(channels);
}
