/** Gateways as job steps of Slurm. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Gateway, type GatewaySpec, Group, LaunchError } from "../../mod.ts";
import { until } from "../support/deadline.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
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

const SRUN = "srun --unbuffered -n1 --overlap";

function start(group: Group, output: Lines["take"] | "null" = "null"): Promise<Gateway> {
  return group.makeGateway({ command: SRUN, output });
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
  await slurm.idle();
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
  await slurm.idle();
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

test("a heartbeat that fails gives the allocation back", async () => {
  await using slurm = await Slurm.start();
  const gw = await new Group().makeGateway({ command: SRUN, heartbeat: 1, output: "null" });
  await gw.remoteExec(`await channel.send(1); while (true);`).receive();
  await gw.closed;
  await whenGone(gw.remote.pid);
  await slurm.idle();
});

test("a start that breaks the protocol, or does not answer, gives the allocation back", async () => {
  await using slurm = await Slurm.start();
  await using directory = await TemporaryDirectory.make();
  await Deno.chmod(directory.path, 0o755);
  const deno = await directory.write("deno", "#!/bin/sh\nexec sleep 1000\n", 0o755);
  const specs: GatewaySpec[] = [
    { command: `${SRUN} --label` },
    { command: SRUN, deno, connectTimeout: 3_000 },
  ];
  for (const spec of specs) {
    await assertRejects(() => new Group().makeGateway({ ...spec, output: "null" }), LaunchError);
    await slurm.idle();
  }
});

test("a start that is queued says so, and leaves no job in the queue", async () => {
  await using slurm = await Slurm.start();
  await using _ = slurm.background("srun", "-p", "alone", "sleep", "1000");
  const jobs = () => slurm.run("squeue", "-h", "-t", "RUNNING,PENDING");
  await until("a job", async () => /alone/.test(await jobs()));
  const command = "srun --unbuffered -n1 -p alone";
  const error = await assertRejects(
    () => new Group().makeGateway({ command, connectTimeout: 2_000, output: "null" }),
    LaunchError,
  );
  assertMatch(error.message, /no answer within 2000 ms/);
  assertMatch(error.message, /Slurm has put it into the queue, and nothing runs yet: raise/);
  await until("one job", async () => (await jobs()).split("\n").length === 1);
});

test("within an allocation, gateways share it by --overlap; without, the error advises that", async () => {
  await using slurm = await Slurm.start();
  await slurm.run("salloc", "--no-shell", "-n1");
  const job = await slurm.run("squeue", "-h", "-o", "%i");
  const command = `srun --jobid=${job} --unbuffered -n1`;
  await using group = await Group.open(
    [1, 2].map(() => ({ command: `${command} --overlap`, output: "null" })),
  );
  assertEquals(await Promise.all(Array.from(group, (gw) => gw.call(() => "up"))), ["up", "up"]);
  await group.terminate();

  await using alone = await group.makeGateway({ command, output: "null" });
  const error = await assertRejects(
    () => group.makeGateway({ command, connectTimeout: 2_000, output: "null" }),
    LaunchError,
  );
  assertMatch(error.message, /another step of this allocation, .* add --overlap to srun/);
  assertEquals(await alone.call(() => "goes on"), "goes on");
  await slurm.run("scancel", job);
});
