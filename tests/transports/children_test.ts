/** What remote code has started ends with its gateway, whichever shell and carrier is there. */

import { assertEquals } from "@std/assert";
import { type Gateway, type GatewaySpec, Group } from "../../mod.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { Lines } from "../support/lines.ts";
import { find, testWith } from "../support/needs.ts";
import { whenGone } from "../support/processes.ts";
import { MPI_PROGRAMS, MPIRUN } from "../support/hosts/mpi.ts";
import { Dropbear, DROPBEAR_PROGRAMS } from "../support/hosts/dropbear.ts";
import { Sshd, sshTest } from "../support/hosts/sshd.ts";

/** Ends a gateway of that spec in three ways, each with a process that its code has started. */
async function leavesNothing(spec: GatewaySpec): Promise<void> {
  const lines = new Lines();
  const ends: ((gw: Gateway) => unknown)[] = [
    (gw) => gw.exit(),
    (gw) => gw.remoteExec(`Deno.exit(3)`),
    (gw) => void gw.terminate(),
  ];
  const reached: unknown[] = [];
  for (const end of ends) {
    await using gw = await new Group().makeGateway({
      ...spec,
      output: lines.take,
      permissions: { run: ["sleep"] },
    });
    const pid = await gw.call(startsSleep);
    end(gw);
    const { reason, code } = await gw.closed;
    reached.push([reason, code]);
    await whenGone(pid);
  }
  assertEquals(reached, [["exit", 0], ["exit", 3], ["exit", 0]]);
  // mpirun has much to say about a code other than 0.
  assertEquals(lines.all.filter((line) => /\bkill|^stderr: sh/.test(line)), []);
}

function startsSleep(): number {
  return new Deno.Command("sleep", { args: ["600"] }).spawn().pid;
}

/** Makes a folder in which `sh` is another shell. */
async function folderOf(shell: string): Promise<TemporaryDirectory> {
  const directory = await TemporaryDirectory.make();
  await Deno.symlink(find(shell) ?? shell, `${directory.path}/sh`);
  return directory;
}

for (const shell of ["dash", "bash", "zsh", "busybox"]) {
  sshTest(`nothing stays where the host's sh is ${shell}`, async () => {
    await using folder = await folderOf(shell);
    await using sshd = await Sshd.start({ path: `${folder.path}:/usr/bin:/bin` });
    await leavesNothing({ ...sshd.spec, deno: Deno.execPath() });
  }, [shell]);

  testWith(
    ["linux", ...MPI_PROGRAMS, shell],
    `command: nothing stays behind mpirun, which gives a terminal, where sh is ${shell}`,
    async () => {
      await using folder = await folderOf(shell);
      const command = `${MPIRUN} env PATH=${folder.path}:/usr/bin:/bin`;
      await leavesNothing({ command, deno: Deno.execPath() });
    },
  );
}

testWith(DROPBEAR_PROGRAMS, "ssh: nothing stays behind a dropbear server", async () => {
  await using dropbear = await Dropbear.start();
  await leavesNothing({ ...dropbear.spec, deno: Deno.execPath() });
});
