/**
 * Specs as they are shown to users.
 *
 * @module
 */

import type { GatewaySpec, ResolvedSpec } from "./spec.ts";

/**
 * Returns the object that {@linkcode Gateway.spec} shows: an object as it was given, a text with the
 * defaults filled in. Keys that the transport does not show are left out: a token is secret.
 */
export function shownSpec(
  { kind, options, permissions: { all, allow, deny }, ...rest }: ResolvedSpec,
  given: string | GatewaySpec,
): GatewaySpec {
  const shown = kind.shown(options);
  if (typeof given !== "string") {
    const hidden = kind.keys?.filter((key) => !Object.hasOwn(shown, key)) ?? [];
    return Object.fromEntries(Object.entries(given).filter(([key]) => !hidden.includes(key)));
  }
  return {
    ...shown,
    ...rest,
    ...(all ? { "allow-all": true } : { permissions: allow }),
    deny,
  };
}

/** Returns a spec for a message. Not the whole: an environment variable may be a secret. */
export function specLabel({ kind, options, deno, chdir, via }: ResolvedSpec, id: string): string {
  const [where, ...keys] = Object.entries(kind.shown(options));
  const parts = [
    where,
    ...Object.entries({ id, via }),
    ...keys,
    ...Object.entries({ chdir, deno }),
  ];
  return parts
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => value === true ? key : `${key}=${value}`)
    .join("//");
}
