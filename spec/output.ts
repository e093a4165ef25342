/**
 * Handlers of what remote code prints.
 *
 * @module
 */

import type { ChannelGateway } from "../channel/channel.ts";

/**
 * Called with each line that remote code printed, the gateway that it ran on, and the name of the
 * execution that printed it, if that is known: of an isolated one.
 */
export type OutputHandler = {
  // The parameters of a method may be narrower: a handler may declare the gateway as a `Gateway`.
  handle(
    line: string,
    stream: "stdout" | "stderr",
    gateway: ChannelGateway,
    execution?: string,
  ): void;
}["handle"];
