/**
 * Gateways behind a command that carries stdin and stdout: `sudo -u nobody`, `docker exec -i box`, …
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { denoCommand } from "./program/deno_command.ts";
import { explainFarScript, farScript } from "./start_script.ts";
import type { LaunchPlan } from "./machine/plan.ts";
import type { Launcher } from "./kind.ts";
import type { ResolvedSpec } from "../spec/spec.ts";
import { splitWords } from "./shell/words.ts";

/** The launcher of `command`. */
export const command: Launcher = {
  plan(spec) {
    return carry(spec, farScript(spec, denoCommand(spec)));
  },

  carry,

  explain: explainFarScript,

  versionCommand(spec) {
    return carry(spec, farScript(spec, ["--version"])).command;
  },
};

function carry({ transport }: ResolvedSpec, script: string): LaunchPlan {
  const prefix = transport.kind === "popen" ? "" : transport.value;
  const [program, ...words] = splitWords(prefix, "command");
  if (program === undefined || program === "") {
    throw new SpecError(`the key "command" needs a program: command=docker exec -i box`);
  }
  return { kind: "process", command: [program, ...words, "sh", "-c", script], env: {} };
}
