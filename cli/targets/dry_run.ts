/**
 * `--dry-run`: what would be started.
 *
 * @module
 */

import { dryRun } from "../../mod.ts";
import { escapeControls } from "../../internal/escape.ts";
import { jsonOf } from "../output/text.ts";
import { writeAll } from "../output/write_all.ts";
import type { Target } from "./targets.ts";

/** The module that starts a gateway. */
const PROGRAM = /^data:application\/javascript;base64,/;

/**
 * Prints the command line that each target would be started by. Returns the exit status.
 *
 * @param isJson Prints them whole, as lines of JSON.
 */
export async function showPlan(targets: readonly Target[], isJson: boolean): Promise<number> {
  for (const { id, spec } of targets) {
    const server = spec.tcp ?? spec.socket;
    const command = server === undefined ? await dryRun(spec) : undefined;
    const text = isJson
      ? jsonOf({ gateway: id, command, server })
      : escapeControls(`[${id}] ${command?.map(quoted).join(" ") ?? `connects to ${server}`}`);
    if (!await writeAll(Deno.stdout, `${text}\n`)) break;
  }
  return 0;
}

/** Quotes a word for bash, on one line, if it needs that. The program that is sent is left out. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (PROGRAM.test(word)) return "data:…";
  // deno-lint-ignore no-control-regex
  if (!/[\x00-\x1f\x7f-\x9f]/.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n");
  return `$'${escaped}'`;
}
