/**
 * What remote code prints, line by line.
 *
 * @module
 */

import type { ChannelGateway } from "../channel/channel.ts";

/**
 * Takes a line that remote code printed, the gateway that it ran on, and the name of the execution
 * that printed it where that is known: of an isolated one.
 */
export type OutputHandler = {
  // A method's parameters may be narrower: a handler can say that the gateway is a `Gateway`.
  handle(
    line: string,
    stream: "stdout" | "stderr",
    gateway: ChannelGateway,
    execution?: string,
  ): void;
}["handle"];
