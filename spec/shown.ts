/**
 * Specs as they are shown.
 *
 * @module
 */

import type { GatewaySpec, ResolvedSpec } from "./spec.ts";

/** What was asked for, defaults included, as the object that {@linkcode Gateway.spec} shows: without the token. */
export function shownSpec(
  { transport, tcp, permissions: { all, allow, deny }, ...rest }: ResolvedSpec,
  given: string | GatewaySpec,
): GatewaySpec {
  if (typeof given !== "string") {
    const { token: _, ...shown } = given;
    return shown;
  }
  const { token: _, ...shownTcp } = tcp ?? {};
  const where = transport.kind === "popen"
    ? { popen: true }
    : { [transport.kind]: transport.value };
  return {
    ...where,
    ...shownTcp,
    ...rest,
    ...(all ? { "allow-all": true } : { permissions: allow }),
    deny,
  };
}

/** A spec for a message. Not the whole: an environment variable may be a secret. */
export function specLabel({ transport, tcp, deno, chdir, via }: ResolvedSpec, id: string): string {
  const where = transport.kind === "popen" ? "popen" : `${transport.kind}=${transport.value}`;
  const rest = Object.entries({ id, via, installvia: tcp?.installvia, chdir, deno });
  return [where, ...rest.flatMap(([key, value]) => value === undefined ? [] : [`${key}=${value}`])]
    .join("//");
}
