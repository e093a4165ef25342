/**
 * A server of gateways, for `tcp=host:port`: as a program, and as a function.
 *
 * @example As a program. The flags after `--` are what sessions may do at most.
 * ```sh
 * deno run --allow-net --allow-run=/bin/sh --allow-env --allow-read --allow-write \
 *   jsr:@x/execnet/serve 8888 -- --allow-read=/data
 * ```
 *
 * @example As a function
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { serve } from "@x/execnet/serve";
 * import { assert } from "@std/assert";
 *
 * const token = crypto.randomUUID();
 * await using server = serve({ token, permissions: { sys: ["hostname"] }, log: () => {} });
 * const { port } = server.address;
 * await using gw = await makeGateway(`tcp=127.0.0.1:${port}//token=${token}//allow-sys=hostname`);
 * assert(await gw.call(() => Deno.hostname()) !== "");
 * ```
 *
 * @module
 */

import { main } from "./server/main.ts";

export type { ServerEvent, ServerLog } from "./server/log.ts";
export type { ServeOptions } from "./server/options.ts";
export { serve, type Server, type ShutdownOptions } from "./server/server.ts";
export type { PermissionKind, PermissionSet, PermissionValue } from "./permissions/permissions.ts";

if (import.meta.main) await main(Deno.args);
