/**
 * Gateways behind a command that passes on stdin and stdout: `sudo -u nobody`, `docker exec -i box`, …
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { endsFarSide } from "./command/known_carriers.ts";
import type { TransportKind } from "./kind.ts";
import { processPlan } from "./machine/plan.ts";
import type { LaunchRequest } from "./machine/request.ts";
import { splitWords } from "./shell/words.ts";
import { explainStartScript, forCarrier, gatewayScript, startScript } from "./start_script.ts";
import type { ProcessOptions } from "./streams/group_leader.ts";

/** The keys of a spec for a gateway behind a command. */
export interface CommandKeys {
  /** Any command that passes on stdin and stdout to where it starts what follows it. */
  command?: string;
}

interface CommandOptions {
  /** As given. */
  readonly value: string;
  /** Its words. */
  readonly prefix: readonly [string, ...string[]];
}

/** `command`: whatever starts the command that follows it. */
export const command: TransportKind<CommandOptions> = {
  key: "command",
  isNetworked: false,

  parse(spec) {
    const value = spec.required("command");
    const [program, ...words] = splitWords(value, "command");
    if (program === undefined || program === "") {
      throw new SpecError(`the key "command" needs a program: command=docker exec -i box`);
    }
    return { value, prefix: [program, ...words] };
  },

  shown: ({ value }) => ({ command: value }),

  plan: (request, killMark) =>
    processPlan(
      runScript(request, gatewayScript(request, killMark)),
    ),

  explain: explainStartScript,

  endsFarSide: ({ prefix }) => endsFarSide(prefix),

  runScript,

  versionCommand: (request) => runScript(request, startScript(request, ["--version"])),
};

function runScript({ options }: LaunchRequest<CommandOptions>, script: string): ProcessOptions {
  return { command: [...options.prefix, ...forCarrier(script)] };
}
