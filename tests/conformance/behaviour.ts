import type { Gateway } from "../../gateway/gateway.ts";

/**
 * Registers a test: a sentence about behaviour, a body that shows it on a new gateway, and what it needs
 * of this machine, see `testWith`.
 */
export interface Behaviour {
  (sentence: string, body: (gw: Gateway) => Promise<void>, needs?: readonly string[]): void;
  /** As above, for behaviour that depends on executions sharing the gateway's isolate. */
  shared(sentence: string, body: (gw: Gateway) => Promise<void>, needs?: readonly string[]): void;
}

/** The status of an idle gateway. */
export function idle(gw: Gateway): { channels: number; executing: string[]; execModel: string } {
  return { channels: 0, executing: [], execModel: gw.spec.execmodel ?? "main" };
}
