/**
 * What starts processes: loaded by the first start of a gateway.
 *
 * @module
 */

export { printLine } from "../../internal/lines.ts";
export { here } from "../../transports/machine/here.ts";
export { untilAborted } from "../../transports/machine/machine.ts";
export { openTransport } from "../../transports/start/open.ts";
export { startQueued } from "../../transports/start/start.ts";
