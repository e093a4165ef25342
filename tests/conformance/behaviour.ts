import type { Gateway } from "../../gateway/gateway.ts";

/** Registers a test: a sentence about behaviour, and what shows it on a gateway of its own. */
export type Behaviour = (sentence: string, body: (gw: Gateway) => Promise<void>) => void;
