/**
 * Places of trees.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { described } from "../internal/arguments.ts";
import type { Gateway } from "../mod.ts";

/** A directory or a file at a gateway. */
export interface SyncTarget {
  /** The gateway. */
  readonly gateway: Gateway;
  /** The path there; a relative one counts from the gateway's working directory. */
  readonly path: string;
}

/** Checks a place at a gateway. */
export function checkTarget(method: string, target: unknown): asserts target is SyncTarget {
  const { gateway, path } = (typeof target === "object" && target !== null ? target : {}) as {
    gateway?: Partial<Gateway>;
    path?: unknown;
  };
  if (typeof gateway?.remoteExec !== "function" || typeof path !== "string" || path === "") {
    throw new TypeError(
      `${method} takes { gateway, path }, with a gateway and a path that is not empty; ` +
        `not ${described(target)}`,
    );
  }
}

/** Returns a path here. */
export function localPath(method: string, place: unknown): string {
  if (place instanceof URL) {
    if (place.protocol === "file:") return fileURLToPath(place);
    throw new TypeError(`${method} takes a path or a file: URL, not one of ${place.protocol}`);
  }
  if (typeof place === "string" && place !== "") return place;
  throw new TypeError(`${method} takes a path or a file: URL, not ${described(place)}`);
}
