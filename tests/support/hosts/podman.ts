/** A real container, from a directory with a static busybox, this Deno and its libraries. */

import { TemporaryDirectory } from "../bounded.ts";
import { until } from "../deadline.ts";
import { find } from "../needs.ts";

/** What tests with a container need, in addition to root. */
export const PODMAN_PROGRAMS = ["podman", "runc", "catatonit", "busybox", "ldd"] as const;

const APPLETS = ["sh", "env", "uname", "cat", "nice", "grep", "kill", "sleep"]
  .concat("mkdir", "mktemp", "chmod", "rm");

/** A running container. */
export class Container implements AsyncDisposable {
  /** A command that runs a program in it: the value of `command`. */
  readonly exec: string;
  /** A command that runs a program in a new container like it. */
  readonly run: string;
  readonly #directory: TemporaryDirectory;
  readonly #podman: readonly string[];

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
    const { path } = directory;
    this.#podman = [
      "podman",
      ...["--runtime", find("runc") ?? "runc", "--cgroup-manager", "cgroupfs"],
      ...["--storage-driver", "vfs", "--root", `${path}/root`, "--runroot", `${path}/run`],
    ];
    this.exec = [...this.#podman, "exec", "-i", "box"].join(" ");
    this.run = [...this.#podman, "run", "-i", "--rm", "--init", ...this.#options].join(" ");
  }

  static async start(): Promise<Container> {
    const directory = await TemporaryDirectory.make();
    await makeRootFilesystem(`${directory.path}/rootfs`);
    const container = new Container(directory);
    await container.#call(
      "run",
      "-d",
      "--name",
      "box",
      "--init",
      ...container.#options,
      "sleep",
      "1000",
    );
    return container;
  }

  /** Returns the command lines of the processes in it. */
  async processes(): Promise<string> {
    return await this.#call("exec", "box", "sh", "-c", `cat /proc/[0-9]*/cmdline | tr '\\0' ' '`);
  }

  /** Returns how many containers run. */
  async running(): Promise<number> {
    return (await this.#call("ps", "-q")).trim().split("\n").filter(Boolean).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#call("rm", "-f", "-t", "0", "-a");
    // The monitor of the container cleans up after it some time later, and would recreate its
    // files.
    await until("the end of what watched the container", () => !isUsed(this.#directory.path));
    await this.#directory[Symbol.asyncDispose]();
  }

  get #options(): string[] {
    return [
      "--network=none",
      ...["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1000:1000"],
      ...["--rootfs", `${this.#directory.path}/rootfs`],
    ];
  }

  async #call(...args: string[]): Promise<string> {
    const [program, ...options] = this.#podman;
    const output = await new Deno.Command(program, { args: [...options, ...args] }).output();
    const decoder = new TextDecoder();
    if (!output.success) throw new Error(`podman ${args[0]}: ${decoder.decode(output.stderr)}`);
    return decoder.decode(output.stdout);
  }
}

/** Returns whether a process has the path in its command line. */
function isUsed(path: string): boolean {
  return Array.from(Deno.readDirSync("/proc")).some(({ name }) => {
    try {
      return /^\d+$/.test(name) && Deno.readTextFileSync(`/proc/${name}/cmdline`).includes(path);
    } catch {
      return false; // it has ended
    }
  });
}

async function makeRootFilesystem(root: string): Promise<void> {
  const directories = ["bin", "tmp", "root", "proc", "sys", "dev", "etc", "usr/local/bin"];
  for (const directory of directories) {
    await Deno.mkdir(`${root}/${directory}`, { recursive: true });
  }
  await Deno.copyFile(find("busybox") ?? "", `${root}/bin/busybox`);
  for (const applet of [...APPLETS, "tr"]) await Deno.symlink("busybox", `${root}/bin/${applet}`);
  await Deno.copyFile(Deno.execPath(), `${root}/usr/local/bin/deno`);
  const { stdout } = await new Deno.Command("ldd", { args: [Deno.execPath()] }).output();
  for (const library of new TextDecoder().decode(stdout).match(/\/\S+/g) ?? []) {
    await Deno.mkdir(`${root}${library.replace(/\/[^/]*$/, "")}`, { recursive: true });
    await Deno.copyFile(library, `${root}${library}`);
  }
}
