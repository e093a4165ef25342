/**
 * `execnet push`: a tree or a file to every target.
 *
 * @module
 */

import { push } from "../../sync.ts";
import { messageOf } from "../../internal/errors.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { UsageError } from "../usage.ts";
import { directoryOf, grantPath, nameOf } from "./places.ts";
import { operandAndPlace, runSync } from "./sync.ts";

/** Runs the command. */
export async function run(args: Arguments): Promise<number> {
  const [source, to] = operandAndPlace(args, "push SOURCE --to PATH");
  const isFile = !await isDirectory(source);
  const path = isFile && to.endsWith("/") ? to + nameOf(source) : to;
  const granted = isFile ? directoryOf(path) : path;
  for (const key of ["allow-read", "allow-write"]) grantPath(args.grants, key, granted);
  return await runSync(args, () => (gateway, options) => push(source, { gateway, path }, options));
}

async function isDirectory(source: string): Promise<boolean> {
  try {
    return (await Deno.stat(source)).isDirectory;
  } catch (error) {
    throw new UsageError(`push cannot read "${source}": ${messageOf(error)}`);
  }
}
