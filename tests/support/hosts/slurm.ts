/** A real Slurm with this machine as its only node, on free ports, with its own keys and files. */

import { TemporaryDirectory } from "../bounded.ts";
import { until } from "../deadline.ts";
import { find } from "../needs.ts";
import { freePort } from "./sshd.ts";

/** What tests with a Slurm need, in addition to root. */
export const SLURM_PROGRAMS = ["slurmctld", "slurmd", "munged", "srun", "sinfo", "squeue"] as const;

/** A running Slurm. `SLURM_CONF` makes all programs of this process use it. */
export class Slurm implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #daemons: Deno.ChildProcess[] = [];
  readonly config: string;

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
    this.config = `${directory.path}/slurm.conf`;
  }

  static async start(): Promise<Slurm> {
    const directory = await TemporaryDirectory.make();
    const slurm = new Slurm(directory);
    try {
      await slurm.#start(directory.path);
      return slurm;
    } catch (error) {
      await slurm[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a program of Slurm, and returns what it prints. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await new Deno.Command(find(program) ?? program, {
      args,
      env: { SLURM_CONF: this.config },
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  /** Starts a program of Slurm, which gets SIGTERM at the end. */
  background(program: string, ...args: string[]): AsyncDisposable {
    const child = new Deno.Command(find(program) ?? program, {
      args,
      env: { SLURM_CONF: this.config },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    return {
      async [Symbol.asyncDispose]() {
        child.kill("SIGTERM");
        await child.status;
      },
    };
  }

  /** Waits until no job is left, running or queued. */
  async idle(): Promise<void> {
    await until("an empty queue", async () => await this.run("squeue", "-h") === "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Deno.env.delete("SLURM_CONF");
    for (const daemon of this.#daemons.reverse()) {
      daemon.kill("SIGTERM");
      await daemon.status;
    }
    await this.#directory[Symbol.asyncDispose]();
  }

  async #start(base: string): Promise<void> {
    await Deno.chmod(base, 0o755);
    for (const name of ["state", "spool", "munge"]) await Deno.mkdir(`${base}/${name}`);
    await Deno.chmod(`${base}/munge`, 0o711);
    const key = crypto.getRandomValues(new Uint8Array(128));
    await Deno.writeFile(`${base}/munge/key`, key, { mode: 0o600 });
    await Deno.writeTextFile(this.config, configuration(base));
    const munge = `${base}/munge`;
    this.#daemon("munged", [
      "--foreground",
      `--key-file=${munge}/key`,
      `--socket=${munge}/socket`,
      `--pid-file=${munge}/pid`,
      `--log-file=${munge}/log`,
      `--seed-file=${munge}/seed`,
    ]);
    await until("the start of munged", () => exists(`${munge}/socket`));
    this.#daemon("slurmctld", ["-D", "-f", this.config]);
    this.#daemon("slurmd", ["-D", "-f", this.config]);
    await until(
      "an idle node",
      async () => await this.run("sinfo", "-h", "-o", "%t") === "idle",
      30_000,
    );
    Deno.env.set("SLURM_CONF", this.config);
  }

  #daemon(program: string, args: string[]): void {
    this.#daemons.push(
      new Deno.Command(find(program) ?? program, {
        args,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn(),
    );
  }
}

function configuration(base: string): string {
  const host = Deno.hostname().split(".")[0];
  return `ClusterName=execnet
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${base}/munge/socket
StateSaveLocation=${base}/state
SlurmdSpoolDir=${base}/spool
SlurmctldPidFile=${base}/slurmctld.pid
SlurmdPidFile=${base}/slurmd.pid
SlurmctldLogFile=${base}/slurmctld.log
SlurmdLogFile=${base}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${navigator.hardwareConcurrency} State=UNKNOWN
PartitionName=debug Nodes=${host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:16
PartitionName=alone Nodes=${host} MaxTime=INFINITE State=UP OverSubscribe=EXCLUSIVE
`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
