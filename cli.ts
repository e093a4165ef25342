/**
 * The command line: gateways without writing a program.
 *
 * @example Install it, and ask twenty hosts for their names
 * ```sh
 * deno install -gA -n execnet jsr:@x/execnet/cli
 * execnet exec -w 'ssh=web[01-20]' -e 'await channel.send(Deno.hostname())' --allow-sys=hostname
 * ```
 *
 * @example As a function
 * ```ts
 * import { main } from "@x/execnet/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await main(["exec", "-e", "const answer: number = 42;"]), 0);
 * ```
 *
 * @module
 */

import { main } from "./cli/main.ts";

export { main };

// Not `Deno.exitCode`: a read of stdin that waits for input would keep the process.
if (import.meta.main) Deno.exit(await main(Deno.args));
