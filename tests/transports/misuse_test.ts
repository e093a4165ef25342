/** What carries a gateway, or runs before it, and changes what it is sent or sends: told as such. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type GatewaySpec, Group, LaunchError } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { test } from "../support/bounded.ts";
import { testWith } from "../support/needs.ts";
import { Container, PODMAN_PROGRAMS } from "../support/hosts/podman.ts";
import { MPI_PROGRAMS, MPIRUN } from "../support/hosts/mpi.ts";
import { Slurm, SLURM_PROGRAMS } from "../support/hosts/slurm.ts";
import { Sshd, type SshdOptions, sshTest } from "../support/hosts/sshd.ts";

const READ = /something there has read from the stream .* <\/dev\/null/;
const ECHO = /it sends back what it is sent: /;
const LABELS = /each line of its output begins with ".+".* leave the labels out/;

/** Less than the default `connectTimeout`, which each of these errors has to come before. */
const QUICKLY_MS = 20_000;

/** Checks that a gateway does not start, quickly, and with an error that matches. */
async function fails(spec: GatewaySpec, pattern: RegExp): Promise<void> {
  const group = new Group();
  const start = performance.now();
  const { message, name } = await assertRejects(
    () => group.makeGateway({ id: "broken", output: "null", ...spec }),
    LaunchError,
  );
  assertMatch(message, pattern);
  assertMatch(message, /^cannot start gateway broken: /);
  assertEquals([name, group.size], ["LaunchError", 0]);
  assert(performance.now() - start < QUICKLY_MS);
}

test("command: a program that reads a part of the stream before Deno is told as such", async () => {
  for (const reads of ["read -r LINE", "head -c 1 >/dev/null", "head -c 70 >/dev/null"]) {
    await fails({ command: `sh -c '${reads}; exec "$@"' sh` }, READ);
  }
});

test("command: a program that reads all of the stream is given up after connectTimeout", async () => {
  const spec = { command: `sh -c 'cat >/dev/null; exec "$@"' sh`, connectTimeout: 500 };
  await fails(spec, /no answer within 500 ms/);
});

const READERS: readonly [what: string, options: SshdOptions, bashrc: string][] = [
  ["a start file that reads a line", {}, "read -r LINE\n"],
  ["a start file that reads a block", {}, "head -c 5000 >/dev/null\n"],
  ["a forced command that reads", {
    server: [`ForceCommand head -c 9 >/dev/null; eval "$SSH_ORIGINAL_COMMAND"`],
  }, ""],
];

for (const [what, options, bashrc] of READERS) {
  sshTest(`${what} from the stream is told as such`, async () => {
    await using sshd = await Sshd.start(options);
    await Deno.writeTextFile(`${sshd.home}/.bashrc`, bashrc);
    await fails(sshd.spec, READ);
  }, ["bash"]);
}

test("command: a program that sends back what it is sent is refused", async () => {
  await fails({ command: "sh -c 'exec cat'" }, ECHO);
});

sshTest("a forced command that sends back what it is sent is refused", async () => {
  // Behind the first line and the program, this side's own hello comes back.
  for (const command of ["cat", "read -r LINE; cat"]) {
    await using sshd = await Sshd.start({ server: [`ForceCommand ${command}`] });
    await fails(sshd.spec, ECHO);
  }
});

sshTest(
  "a command that makes a terminal, which sends back what it is sent, is refused",
  async () => {
    await using sshd = await Sshd.start();
    const carrier = `${sshd.home}/carrier`;
    const ssh = `ssh -F ${sshd.clientConfig} -tt box`;
    const text = `#!/bin/sh\nprintf %s "$3" >"$0.sh"\nexec ${ssh} sh "$0.sh"\n`;
    await Deno.writeTextFile(carrier, text, { mode: 0o755 });
    await fails({ command: carrier }, /makes a terminal|without a terminal/);
  },
);

test("command: labels before each line are told as such", async () => {
  for (const label of ["0: ", "host:\t", "[1,0]<stdout>:", "  "]) {
    const command = `sh -c '"$@" | LC_ALL=C sed -u "s/^/${label}/"' sh`;
    await fails({ command }, LABELS);
  }
});

testWith(["root", ...SLURM_PROGRAMS], "slurm: SLURM_LABELIO is told as such", async () => {
  await using _ = await Slurm.start();
  const command = "env SLURM_LABELIO=1 srun --unbuffered -n1 --overlap";
  await fails({ command }, LABELS);
});

testWith(["linux", ...MPI_PROGRAMS], "mpirun: --tag-output is told as such", async () => {
  await fails({ command: `${MPIRUN} --tag-output` }, LABELS);
});

testWith(
  ["linux", "root", ...PODMAN_PROGRAMS],
  "podman: exec without -i, and with -t, is told as such",
  async () => {
    await using container = await Container.start();
    const exec = (options: string) => container.exec.replace("exec -i", `exec ${options}`);
    await fails({ command: exec("") }, /does not pass on stdin: add -i,/);
    await fails({ command: exec("-t") }, /makes a terminal, .* leave out -t,/);
  },
);
