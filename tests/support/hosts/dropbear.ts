/** A real dropbear server for root, on a free port of loopback, with its own keys and files. */

import { until } from "../deadline.ts";
import { TemporaryDirectory } from "../bounded.ts";
import { find } from "../needs.ts";
import { answers, freePort, HOST, makeKey } from "./sshd.ts";

/**
 * What tests with a dropbear need. The server takes the home of its user, with the keys, from
 * `/etc/passwd`: so it has another file there, in a mount namespace, which needs root.
 */
export const DROPBEAR_PROGRAMS = [
  "linux",
  "root",
  "ssh",
  "ssh-keygen",
  "dropbear",
  "dropbearkey",
  "unshare",
] as const;

/** A running dropbear server. */
export class Dropbear implements AsyncDisposable {
  /** The spec of a gateway on the host. */
  readonly spec: { ssh: string; ssh_config: string };
  readonly #directory: TemporaryDirectory;
  readonly #child: Deno.ChildProcess;

  private constructor(directory: TemporaryDirectory, child: Deno.ChildProcess) {
    this.spec = { ssh: HOST, ssh_config: `${directory.path}/ssh_config` };
    this.#directory = directory;
    this.#child = child;
  }

  static async start(): Promise<Dropbear> {
    const directory = await TemporaryDirectory.make();
    const { path } = directory;
    await Deno.chmod(path, 0o700);
    await Deno.mkdir(`${path}/.ssh`, { mode: 0o700 });
    await makeKey(`${path}/id`);
    await Deno.copyFile(`${path}/id.pub`, `${path}/.ssh/authorized_keys`);
    await directory.write("passwd", `root:x:0:0:root:${path}:/bin/sh\n`);
    const args = ["-t", "ed25519", "-f", `${path}/host_key`];
    await new Deno.Command("dropbearkey", { args, stdout: "null", stderr: "null" }).output();
    for (let attempt = 1;; attempt++) {
      const port = freePort();
      await directory.write("ssh_config", clientConfig(path, port));
      const server = `mount --bind "$1" /etc/passwd && exec "$2" -F -E -r "$3" -p "$4" -P "$5"`;
      const words = [`${path}/passwd`, find("dropbear") ?? "", `${path}/host_key`];
      const child = new Deno.Command("unshare", {
        args: ["--mount", "sh", "-c", server, "sh", ...words, `127.0.0.1:${port}`, `${path}/pid`],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      let ended = false;
      child.status.then(() => ended = true);
      await until("the start of dropbear", () => ended || answers(port));
      if (!ended) return new Dropbear(directory, child);
      if (attempt === 5) throw new Error(`dropbear does not start: ${path}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#directory[Symbol.asyncDispose]();
  }
}

function clientConfig(path: string, port: number): string {
  return `Host ${HOST}
HostName 127.0.0.1
Port ${port}
User root
IdentityFile ${path}/id
IdentitiesOnly yes
UserKnownHostsFile /dev/null
StrictHostKeyChecking no
LogLevel ERROR
`;
}
