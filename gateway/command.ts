/**
 * Gateways behind a command that carries stdin and stdout: `sudo -u nobody`, `docker exec -i box`, …
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { denoCommand } from "./deno_command.ts";
import { explainFarScript, farScript } from "./far_script.ts";
import type { Launcher } from "./launcher.ts";
import type { ResolvedSpec } from "./spec.ts";
import { splitWords } from "./words.ts";

/** The launcher of `command`. */
export const command: Launcher = {
  plan(spec) {
    return { kind: "process", command: carried(spec, denoCommand(spec)), env: {} };
  },

  explain: explainFarScript,

  versionCommand(spec) {
    return carried(spec, ["--version"]);
  },
};

function carried(spec: ResolvedSpec, args: readonly string[]): [string, ...string[]] {
  const [program, ...words] = splitWords(transportValue(spec), "command");
  if (program === undefined || program === "") {
    throw new SpecError(`the key "command" needs a program: command=docker exec -i box`);
  }
  return [program, ...words, "sh", "-c", farScript(spec, args)];
}

/** What follows the `=` of the key that says how to get there. */
function transportValue({ transport }: ResolvedSpec): string {
  return transport.kind === "popen" ? "" : transport.value;
}
