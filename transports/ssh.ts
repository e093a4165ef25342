/**
 * Gateways on other machines, by the system's OpenSSH client.
 *
 * @module
 */

import { defined } from "../internal/defined.ts";
import type { TransportKind } from "./kind.ts";
import { processPlan } from "./machine/plan.ts";
import type { LaunchRequest } from "./machine/request.ts";
import { addedOptions, defaultOptions } from "./ssh/added_options.ts";
import { explainLength, explainSsh } from "./ssh/failures.ts";
import { configFile, parseSsh, type SshOptions } from "./ssh/options.ts";
import { explainStartScript, forAnyShell, gatewayScript, startScript } from "./start_script.ts";
import type { ProcessOptions } from "./streams/group_leader.ts";

/** The keys of a spec for a gateway on another machine. */
export interface SshKeys {
  /** A host, as `ssh` takes it: `[options] [user@]host`. */
  ssh?: string;
  /** With `ssh`: a configuration file for it. */
  ssh_config?: string;
}

/** Exit code of `ssh` if it, not the remote command, has failed. */
const SSH_FAILED = 255;

/** sshd begins to turn away logins when 10 are under way (`MaxStartups 10:30:100`). */
const MAX_LOGINS = 8;

/**
 * Answers every prompt for a password by a program that fails: also that of a jump host, to which
 * BatchMode does not apply.
 */
const NEVER_ASK = { SSH_ASKPASS: "false", SSH_ASKPASS_REQUIRE: "force" };

/** `ssh`: a host that an OpenSSH server runs on. */
export const ssh: TransportKind<SshOptions> = {
  key: "ssh",
  keys: ["ssh_config"],
  isNetworked: true,

  parse(spec) {
    const value = spec.required("ssh");
    return { value, ...parseSsh(value), ...defined({ ssh_config: spec.text("ssh_config") }) };
  },

  shown: ({ value, ssh_config }) => ({ ssh: value, ...defined({ ssh_config }) }),

  startLimit: ({ options }) => ({ key: options.host, max: MAX_LOGINS }),

  async prepare({ options, connectTimeout }, { machine }) {
    return { ...options, added: await addedOptions(options, connectTimeout, machine) };
  },

  plan: (request, killMark) =>
    processPlan(
      runScript(request, gatewayScript(request, killMark)),
    ),

  explain(failure) {
    const { request } = failure;
    const [text = ""] = runScript(request, gatewayScript(request)).command.slice(-1);
    return explainSsh(failure) ?? explainLength(failure, text) ?? explainStartScript(failure);
  },

  runScript,

  versionCommand: (request) => runScript(request, startScript(request, ["--version"])),
};

function runScript(
  { options, connectTimeout }: LaunchRequest<SshOptions>,
  script: string,
  compressed = false,
): ProcessOptions {
  const { needed, defaults } = options.added ?? defaultOptions(connectTimeout);
  // If an option is given twice, ssh uses the first.
  const command = [
    "-T",
    "-oBatchMode=yes",
    ...configFile(options),
    ...needed,
    ...options.flags,
    ...defaults,
    ...(compressed ? ["-oCompression=yes"] : []),
    "--",
    options.host,
    forAnyShell(script),
  ];
  return { command: ["ssh", ...command], env: NEVER_ASK, lostCode: SSH_FAILED };
}
