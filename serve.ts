/**
 * A server of gateways, for `tcp=host:port`: as a function, and as a program.
 *
 *     deno run --allow-net --allow-run=/bin/sh --allow-env --allow-read --allow-write \
 *       jsr:@x/execnet/serve 8888 -- --allow-read=/data
 *
 * What comes after `--` is what sessions may do at most; nothing else is granted to them.
 *
 * @module
 */

import { main } from "./server/main.ts";

export type { ServerEvent, ServerLog } from "./server/log.ts";
export type { ServeOptions } from "./server/options.ts";
export { serve, type Server, type ShutdownOptions } from "./server/server.ts";
export type { PermissionKind, PermissionSet, PermissionValue } from "./permissions/permissions.ts";

if (import.meta.main) await main(Deno.args);
