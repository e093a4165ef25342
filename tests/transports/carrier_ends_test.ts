/** Carriers are ended by SIGTERM first: what they have started elsewhere ends with them. */

import { assertEquals } from "@std/assert";
import { type GatewaySpec, Group } from "../../mod.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { MPI_PROGRAMS, MPIRUN } from "../support/hosts/mpi.ts";
import { testWith } from "../support/needs.ts";
import { whenGone } from "../support/processes.ts";

const BUSY = `await channel.send(1); for (;;);`;
const DEAF = `Deno.addSignalListener("SIGTERM", () => {}); ${BUSY}`;

const CARRIERS: readonly [needs: readonly string[], command: string][] = [
  [["root", "sudo"], "sudo -n -u nobody"],
  [["root", "runuser"], "runuser -u nobody --"],
  [["root", "unshare"], "unshare --pid --fork --mount-proc"],
  [["root", ...MPI_PROGRAMS], MPIRUN],
];

for (const [needs, command] of CARRIERS) {
  testWith(["linux", ...needs], `nothing is left of what ${command} has started`, async () => {
    await using directory = await TemporaryDirectory.make();
    await Deno.chmod(directory.path, 0o755);
    const deno = `${directory.path}/deno`;
    await Deno.copyFile(Deno.execPath(), deno);
    const start = async (spec: GatewaySpec, source: string) => {
      const gw = await new Group().makeGateway({ command, deno, output: "null", ...spec });
      await gw.remoteExec(source).receive();
      return gw;
    };
    const silent = await start({ heartbeat: 1 }, BUSY);
    assertEquals((await silent.closed).reason, "killed");
    const deaf = await start({}, DEAF);
    await deaf.terminate({ timeout: 50 });
    // In a namespace of its own, a gateway has another pid than here.
    await whenGoneBy(deno);
  });
}

/** Waits until no process has a text in its command line. */
async function whenGoneBy(text: string): Promise<void> {
  for (const { name } of Deno.readDirSync("/proc")) {
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (/^\d+$/.test(name) && line.includes(text)) await whenGone(Number(name));
  }
}
