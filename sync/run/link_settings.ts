/**
 * What depends on how a gateway is reached.
 *
 * @module
 */

import type { Gateway } from "../../mod.ts";
import type { SyncOptions } from "../options.ts";
import type { LinkSettings } from "../wire/settings.ts";

/** Below this a file is sent sooner than its differences are found. */
const AUTO_DELTA_BYTES = 64 * 1024;

/** Returns what suits the link to a gateway. */
export function linkSettingsOf({ spec }: Gateway, options: SyncOptions): LinkSettings {
  const isFar = [spec.ssh, spec.tcp, spec.socket, spec.command, spec.via]
    .some((key) => key !== undefined);
  const { compress = "auto", delta = "auto" } = options;
  return {
    compress: compress === "auto" ? isFar : compress,
    minDelta: delta === "always" ? 1 : delta === "auto" && isFar ? AUTO_DELTA_BYTES : undefined,
  };
}
