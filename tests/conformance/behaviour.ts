import type { Gateway } from "../../gateway/gateway.ts";

/** Registers a test: a sentence about behaviour, and what shows it on a gateway of its own. */
export interface Behaviour {
  (sentence: string, body: (gw: Gateway) => Promise<void>): void;
  /** The same, for what holds just where executions share the gateway's isolate. */
  shared(sentence: string, body: (gw: Gateway) => Promise<void>): void;
}

/** What `remoteStatus` tells of a gateway that does nothing. */
export function idle(gw: Gateway): { channels: number; executing: string[]; execModel: string } {
  return { channels: 0, executing: [], execModel: gw.spec.execmodel ?? "main" };
}
