/** What is left of a busy gateway whose initiator is killed: each row of the table in docs/transports.md. */

import type { GatewaySpec } from "../../mod.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { MPI_PROGRAMS, MPIRUN } from "../support/hosts/mpi.ts";
import { Container, PODMAN_PROGRAMS } from "../support/hosts/podman.ts";
import { Slurm, SLURM_PROGRAMS } from "../support/hosts/slurm.ts";
import { testWith } from "../support/needs.ts";
import { Script } from "../support/processes.ts";

const BUSY = `await channel.send(1); for (;;);`;

/** A copy of this Deno, by whose path the processes of a gateway are found in any namespace. */
async function ownDeno(): Promise<AsyncDisposable & { deno: string; pids(): Promise<number[]> }> {
  const directory = await TemporaryDirectory.make();
  await Deno.chmod(directory.path, 0o755);
  const deno = `${directory.path}/deno`;
  await Deno.copyFile(Deno.execPath(), deno);
  return {
    deno,
    async pids() {
      const found: number[] = [];
      for (const { name } of Deno.readDirSync("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
        if (line.startsWith(`${deno}\0`)) found.push(Number(name));
      }
      return found;
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** Kills an initiator whose gateway runs `source`, which sends an item first. */
async function killInitiator(spec: GatewaySpec, source: string): Promise<void> {
  await using script = await Script.start(
    `const gw = await execnet.makeGateway(${JSON.stringify({ ...spec, output: "null" })});
     await gw.remoteExec(${JSON.stringify(source)}).receive();
     console.log("on");
     await new Promise(() => setInterval(() => {}, 1_000));`,
    ["-A"],
  );
  await script.printed(/on/);
  script.kill("SIGKILL");
}

const CARRIERS: readonly [needs: readonly string[], command: string][] = [
  [[], "env"],
  [["root", "sudo"], "sudo -n -u nobody"],
  [["root", "runuser"], "runuser -u nobody --"],
  [["root", "setpriv"], "setpriv --reuid 65534 --clear-groups"],
  [["root", "unshare"], "unshare --pid --fork --mount-proc"],
  [["root", ...MPI_PROGRAMS], MPIRUN],
];

for (const [needs, command] of CARRIERS) {
  testWith(["linux", ...needs], `a killed initiator leaves nothing behind ${command}`, async () => {
    await using own = await ownDeno();
    await killInitiator({ command, deno: own.deno }, BUSY);
    await until("the end of Deno", async () => (await own.pids()).length === 0);
  });
}

testWith(["linux", "root", ...SLURM_PROGRAMS], "a killed initiator leaves no job", async () => {
  await using slurm = await Slurm.start();
  await killInitiator({ command: "srun --unbuffered -n1 --overlap" }, BUSY);
  await slurm.idle();
});

/** Returns whether a command runs on this machine that begins with these words. */
function isRunning(words: string[]): boolean {
  return Array.from(Deno.readDirSync("/proc")).some(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`).startsWith(`${words.join("\0")}\0`);
    } catch {
      return false; // it has ended, or is no process
    }
  });
}

const PODMAN = ["linux", "root", ...PODMAN_PROGRAMS];

testWith(PODMAN, "a killed initiator leaves no container of run", async () => {
  await using container = await Container.start();
  for (const init of ["", " --init"]) {
    await killInitiator({ command: container.run.replace(" --init", init) }, BUSY);
    await until("the end of the container", async () => await container.running() === 1);
  }
});

testWith(
  PODMAN,
  "a killed initiator leaves nothing in a container of exec, be it busy",
  async () => {
    await using container = await Container.start();
    const runs = async () => /deno run/.test(await container.processes());
    await killInitiator(
      { command: container.exec },
      `await channel.send(1); await channel.receive();`,
    );
    await until("the end of Deno", async () => !await runs());
    await killInitiator({ command: container.exec }, BUSY);
    await until("the end of podman", () => !isRunning(container.exec.split(" ")));
    await until("the end of what is busy", async () => !await runs());
  },
);
