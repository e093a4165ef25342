/**
 * `execnet serve`: the server.
 *
 * @module
 */

import type { Arguments } from "./arguments/arguments.ts";
import { main } from "../server/main.ts";

/** Runs the server with its own command line. */
export async function run({ operands }: Arguments): Promise<number> {
  await main([...operands]);
  return Number(Deno.exitCode);
}
