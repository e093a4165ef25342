/** Gateways as job steps of Slurm. */

import { assertEquals, assertMatch } from "@std/assert";
import { type Gateway, Group } from "../../mod.ts";
import { until } from "../support/deadline.ts";
import { whenGone } from "../support/processes.ts";
import { Lines } from "../support/lines.ts";
import { testWith } from "../support/needs.ts";
import { Slurm, SLURM_PROGRAMS } from "../support/hosts/slurm.ts";

/**
 * What `srun` prints about a step that was ended; the output of the step itself may be too late.
 */
const ENDED = /srun: Job step aborted/;

/** Slurm's daemons switch to the user of a job, which only root may do. */
function test(sentence: string, body: () => Promise<void>): void {
  testWith(["root", ...SLURM_PROGRAMS], `slurm: ${sentence}`, body);
}

function start(group: Group, output: Lines["take"] | "null" = "null"): Promise<Gateway> {
  return group.makeGateway({ command: "srun --unbuffered -n1 --overlap", output });
}

test("a group of gateways runs as job steps, and ends with nothing left", async () => {
  await using slurm = await Slurm.start();
  const pids: number[] = [];
  {
    await using group = new Group();
    const lines = new Lines();
    await Promise.all([1, 2, 3].map(() => start(group, lines.take)));
    assertEquals((await slurm.run("squeue", "-h", "-s")).split("\n").length, 3);
    for (const gw of group) {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      assertEquals(await gw.call((all: Uint8Array) => all, bytes), bytes);
      await gw.call(() => console.log("printed"));
      pids.push(gw.remote.pid);
    }
    await lines.has("stderr: printed");
  }
  await until("an empty queue", async () => await slurm.run("squeue", "-h") === "");
  for (const pid of pids) await whenGone(pid);
});

test("terminate() ends the job step of a busy loop", async () => {
  await using slurm = await Slurm.start();
  const gw = await start(new Group());
  const channel = gw.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  const { stderrTail } = await gw.terminate({ timeout: 50 });
  assertMatch(stderrTail.join("\n"), ENDED);
  await whenGone(gw.remote.pid);
  await until("an empty queue", async () => await slurm.run("squeue", "-h") === "");
});

test("a job that is cancelled closes its gateway", async () => {
  await using slurm = await Slurm.start();
  const gw = await start(new Group());
  const job = await slurm.run("squeue", "-h", "-o", "%i");
  await slurm.run("scancel", job);
  const { stderrTail } = await gw.closed;
  assertMatch(stderrTail.join("\n"), ENDED);
  await whenGone(gw.remote.pid);
});

test("the exit code of a gateway comes through the terminal that srun makes", async () => {
  await using _ = await Slurm.start();
  const gw = await start(new Group());
  gw.remoteExec(`Deno.exit(7)`);
  const { reason, code } = await gw.closed;
  assertEquals([reason, code], ["exit", 7]);
});
