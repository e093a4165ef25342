/** A real sshd for this user, on a free port of loopback, with its own keys and files. */

import { RUN_MARKER } from "../../../_tools/leftovers.ts";
import { until } from "../deadline.ts";
import { TemporaryDirectory } from "../bounded.ts";
import { find, testWith } from "../needs.ts";
import { type Gateway, type GatewaySpec, Group } from "../../../mod.ts";

/** What tests with an sshd need. The sshd of other systems is configured differently. */
export const SSHD_PROGRAMS = ["linux", "ssh", "sshd", "ssh-keygen"] as const;

export interface SshdOptions {
  /** The login shell, which interprets the command; default: that of the user. */
  shell?: string;
  /** PATH on the host; default: the folder of this Deno, and the system's folders. */
  path?: string;
  /** Further lines for its configuration. */
  server?: readonly string[];
  /** Further lines for the client's configuration of the host `box`. */
  client?: readonly string[];
  /** Shares one connection, so that a start needs no login. */
  shared?: boolean;
}

/** The name of the host in the client's configuration. */
export const HOST = "box";

/** A running sshd. */
export class Sshd implements AsyncDisposable {
  readonly port: number;
  /** The home directory on the host, which has all other files. */
  readonly home: string;
  /** Configuration for the client: the host is {@linkcode HOST}. */
  readonly clientConfig: string;
  readonly #directory: TemporaryDirectory;
  readonly #child: Deno.ChildProcess;
  readonly #stop: () => Promise<void>;

  private constructor(
    directory: TemporaryDirectory,
    port: number,
    child: Deno.ChildProcess,
    stop: () => Promise<void>,
  ) {
    this.#directory = directory;
    this.home = `${directory.path}/home`;
    this.clientConfig = `${directory.path}/ssh_config`;
    this.port = port;
    this.#child = child;
    this.#stop = stop;
  }

  /** The spec of a gateway on the host. */
  get spec(): { ssh: string; ssh_config: string } {
    return { ssh: HOST, ssh_config: this.clientConfig };
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const directory = await TemporaryDirectory.make();
    await Deno.mkdir(`${directory.path}/home`);
    // Only root's sshd needs it, and only root may create it.
    if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true });
    for (const name of ["host_key", "id"]) await makeKey(`${directory.path}/${name}`);
    await Deno.copyFile(`${directory.path}/id.pub`, `${directory.path}/authorized_keys`);
    for (let attempt = 1;; attempt++) {
      const port = freePort();
      await writeConfiguration(directory, port, options);
      const child = new Deno.Command(find("sshd") ?? "sshd", {
        args: ["-D", "-e", "-f", `${directory.path}/sshd_config`],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      let ended = false;
      child.status.then(() => ended = true);
      await until("the start of sshd", () => ended || answers(port));
      if (!ended) {
        const config = `${directory.path}/ssh_config`;
        const stop = options.shared ? () => endMaster(config) : () => Promise.resolve();
        return new Sshd(directory, port, child, stop);
      }
      if (attempt === 5) throw new Error(`sshd does not start: ${directory.path}`);
    }
  }

  /** Ends all connections, as if the machine were gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#directory[Symbol.asyncDispose]();
  }
}

async function writeConfiguration(
  directory: TemporaryDirectory,
  port: number,
  { shell, path, server = [], client = [], shared }: SshdOptions,
): Promise<void> {
  const { path: base } = directory;
  const deno = Deno.execPath().replace(/\/[^/]*$/, "");
  const run = Deno.env.get(RUN_MARKER);
  const variables = [
    `HOME="${base}/home"`,
    `PATH="${path ?? `${deno}:/usr/local/bin:/usr/bin:/bin`}"`,
    ...(run === undefined ? [] : [`${RUN_MARKER}="${run}"`]),
  ];
  await directory.write(
    "sshd_config",
    lines([
      ...server, // of two values for a keyword, the first counts
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${base}/host_key`,
      "PidFile none",
      `AuthorizedKeysFile ${base}/authorized_keys`,
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
      "UsePAM no",
      "StrictModes no",
      "MaxSessions 1000",
      "LogLevel ERROR",
      `SetEnv ${variables.join(" ")}`,
      ...(shell === undefined ? [] : [`ForceCommand ${shell} -c "$SSH_ORIGINAL_COMMAND"`]),
    ]),
  );
  const key = await Deno.readTextFile(`${base}/host_key.pub`);
  await directory.write(
    "known_hosts",
    `[127.0.0.1]:${port} ${key.split(" ").slice(0, 2).join(" ")}\n`,
  );
  await directory.write(
    "ssh_config",
    lines([
      `Host ${HOST}`,
      ...client,
      "HostName 127.0.0.1",
      `Port ${port}`,
      `IdentityFile ${base}/id`,
      "IdentitiesOnly yes",
      `UserKnownHostsFile ${base}/known_hosts`,
      "GlobalKnownHostsFile /dev/null",
      "StrictHostKeyChecking yes",
      ...(shared ? ["ControlMaster auto", `ControlPath ${base}/master`, "ControlPersist 60"] : []),
    ]),
  );
}

function lines(all: readonly string[]): string {
  return all.join("\n") + "\n";
}

/** Makes a key without a passphrase. */
export async function makeKey(path: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("ssh-keygen", {
    args: ["-q", "-t", "ed25519", "-N", "", "-f", path],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function endMaster(config: string): Promise<void> {
  await new Deno.Command("ssh", {
    args: ["-F", config, "-O", "exit", HOST],
    stdout: "null",
    stderr: "null",
  }).output();
}

/** Returns a port that was free just now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Returns whether somebody listens there. */
export async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return connection.localAddr.transport === "tcp";
  } catch {
    return false;
  }
}

/** Registers a test that needs an sshd, and `programs`. */
export function sshTest(
  sentence: string,
  body: () => Promise<void>,
  programs: readonly string[] = [],
): void {
  testWith([...SSHD_PROGRAMS, ...programs], `ssh: ${sentence}`, body);
}

/** Starts a gateway on the host, in a new group; its output is dropped by default. */
export function startOverSsh(sshd: Sshd, spec: Partial<GatewaySpec> = {}): Promise<Gateway> {
  return new Group().makeGateway({ ...sshd.spec, output: "null", ...spec });
}
