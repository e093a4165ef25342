/**
 * What is accepted from a gateway, by its spec.
 *
 * @module
 */

import type { InitiatorHandler } from "../../channel/mux/handler.ts";
import { defined } from "../../internal/defined.ts";
import { DEFAULT_LIMITS, type Limits } from "../../protocol/constants.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";
import { KeptErrors } from "./kept_errors.ts";

const MIB = 1024 * 1024;
/** About what an open channel takes, with its objects, its maps, and its first items. */
const CHANNEL_BYTES = 4 * 1024;
/** The share of the memory that large errors take at most. */
const ERRORS_SHARE = 1 / 8;

type MemoryKeys = Pick<ResolvedSpec, "memory" | "maxItemBytes">;

/** Returns the limits of the connection to a gateway. */
export function limitsOf(spec: MemoryKeys): Partial<Limits> {
  const memoryBytes = memoryOf(spec);
  return defined({
    memoryBytes,
    maxItemBytes: spec.maxItemBytes,
    maxDecodedBytes: memoryBytes,
    maxChannels: memoryBytes / CHANNEL_BYTES,
  });
}

/** Returns what bounds the errors of a gateway. */
export function boundErrors(spec: MemoryKeys): InitiatorHandler["boundError"] {
  const kept = new KeptErrors(memoryOf(spec) * ERRORS_SHARE);
  return (init, bytes, keeper) => kept.bound(init, bytes, keeper);
}

function memoryOf({ memory }: MemoryKeys): number {
  return memory === undefined ? DEFAULT_LIMITS.memoryBytes : memory * MIB;
}
