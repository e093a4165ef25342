/**
 * `execnet pull`: a tree or a file from every target.
 *
 * @module
 */

import { pull } from "../../sync.ts";
import type { Gateway } from "../../mod.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { fileName } from "../output/file_name.ts";
import { grantPath, nameOf } from "./places.ts";
import { operandAndPlace, runSync } from "./sync.ts";

/** Runs the command. */
export async function run(args: Arguments): Promise<number> {
  const [path, to] = operandAndPlace(args, "pull PATH --to DIR");
  grantPath(args.grants, "allow-read", path);
  return await runSync(args, (targets) => async (gateway, options) => {
    const place = targets.length > 1 ? `${to}/${fileName(gateway.id)}/` : to;
    const isInto = isDirectory(place) && await isFile(gateway, path);
    return await pull({ gateway, path }, isInto ? `${place}/${nameOf(path)}` : place, options);
  });
}

/** Returns whether a place is a directory, or meant as one. */
function isDirectory(place: string): boolean {
  if (place.endsWith("/")) return true;
  try {
    return Deno.statSync(place).isDirectory;
  } catch {
    return false;
  }
}

async function isFile(gateway: Gateway, path: string): Promise<boolean> {
  return await gateway.call(async (path: string) => {
    try {
      return (await Deno.stat(path)).isFile;
    } catch {
      return false; // the sync says why
    }
  }, path);
}
