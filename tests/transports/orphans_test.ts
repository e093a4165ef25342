/** A busy loop behind a carrier ends when its initiator is killed: it cannot notice that itself. */

import type { GatewaySpec } from "../../mod.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { testWith } from "../support/needs.ts";
import { isGone, Script } from "../support/processes.ts";
import { MPI_PROGRAMS, MPIRUN } from "../support/hosts/mpi.ts";
import { Container, PODMAN_PROGRAMS } from "../support/hosts/podman.ts";
import { Slurm, SLURM_PROGRAMS } from "../support/hosts/slurm.ts";
import { Sshd, sshTest } from "../support/hosts/sshd.ts";

/** The default needs the pids of the far side to be those of this machine. */
async function endsWithInitiator(
  spec: GatewaySpec,
  isOver = (pid: number): boolean | Promise<boolean> => isGone(pid),
): Promise<void> {
  const source = `
    const gw = await execnet.makeGateway(${JSON.stringify({ ...spec, output: "null" })});
    const channel = gw.remoteExec("await channel.send(1); while (true);");
    await channel.receive();
    console.log("pid", gw.remote.pid);
    await channel.receive();`;
  await using script = await Script.start(source, ["-A"]);
  const [, pid] = await script.printed(/pid (\d+)/);
  script.kill("SIGKILL");
  await until("the end of the busy loop", () => isOver(Number(pid)));
}

testWith(["linux", "root", "sudo"], "sudo: a busy loop ends with its initiator", async () => {
  // The Deno that runs this may be in a folder that only root can read.
  await using directory = await TemporaryDirectory.make();
  await Deno.chmod(directory.path, 0o755);
  const deno = `${directory.path}/deno`;
  await Deno.copyFile(Deno.execPath(), deno);
  for (const permissions of [{}, { run: ["sleep"] }]) {
    await endsWithInitiator({ command: "sudo -n -u nobody", deno, permissions });
  }
});

testWith(
  ["linux", "root", ...PODMAN_PROGRAMS],
  "podman: a busy loop in a container ends with its initiator",
  async () => {
    await using container = await Container.start();
    const isOver = async () => !/deno run/.test(await container.processes());
    await endsWithInitiator({ command: container.exec }, isOver);
    await endsWithInitiator(
      { command: container.run },
      async () => await container.running() === 1,
    );
  },
);

testWith(["linux", ...MPI_PROGRAMS], "mpirun: a busy loop ends with its initiator", async () => {
  for (const permissions of [{}, { run: ["sleep"] }]) {
    await endsWithInitiator({ command: MPIRUN, deno: Deno.execPath(), permissions });
  }
});

testWith(["root", ...SLURM_PROGRAMS], "slurm: a busy loop ends with its initiator", async () => {
  await using slurm = await Slurm.start();
  await endsWithInitiator({ command: "srun --unbuffered -n1 --overlap" });
  await until("an empty queue", async () => await slurm.run("squeue", "-h") === "");
});

sshTest("a busy loop behind a shared connection ends with its initiator", async () => {
  await using sshd = await Sshd.start({ shared: true });
  await endsWithInitiator(sshd.spec);
});
