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

/**
 * Runs code on each gateway. If one refuses it, the channels of the others are closed.
 *
 * @param codeOf Returns the code. It is read once there is a gateway: before, nothing has loaded what
 * reads it.
 */
export function execAll(
  gateways: Iterable<Gateway>,
  codeOf: () => Code,
  args: unknown,
  options: ExecOptions,
): MultiChannel {
  const channels: Channel[] = [];
  try {
    let code: Code | undefined;
    for (const gateway of gateways) {
      code ??= codeOf();
      channels.push(coreOf(gateway).start(code, args, options));
    }
  } catch (error) {
    for (const channel of channels) channel.close();
    throw error;
  }
  return new MultiChannel(channels);
}
