/** The members of a MultiChannel. */

import { type Gateway, MultiChannel } from "../../mod.ts";
import { makeMemoryGateway } from "./memory_gateway.ts";

/** Makes memory gateways, each of which runs its source. */
export class Members implements AsyncDisposable {
  readonly gateways: Gateway[];
  readonly channels: MultiChannel;

  private constructor(gateways: Gateway[], sources: string[]) {
    this.gateways = gateways;
    this.channels = new MultiChannel(gateways.map((gw, i) => gw.remoteExec(sources[i])));
  }

  static async make(...sources: string[]): Promise<Members> {
    return new Members(await Promise.all(sources.map(() => makeMemoryGateway())), sources);
  }

  /** Resolves when everything that was sent so far has arrived. */
  async arrived(): Promise<void> {
    for (const gateway of this.gateways) await gateway.remoteStatus();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.terminate()));
  }
}

/** An execution that ends only with its gateway. */
export const STUBBORN = `await channel.send("last words"); await new Promise(() => {});`;
/** Sends back what it receives. */
export const ECHO = `for await (const item of channel) await channel.send(item);`;

/** Iterates to the end. Returns the items with the indices of their channels, and the error if it throws. */
export async function collect(
  channels: MultiChannel,
): Promise<{ items: unknown[]; error: unknown }> {
  const items: unknown[] = [];
  try {
    for await (const [channel, item] of channels) {
      items.push([[...channels].indexOf(channel), item]);
    }
  } catch (error) {
    return { items, error };
  }
  return { items, error: undefined };
}
