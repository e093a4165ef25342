/** The examples that need other hosts, each with the permissions that its first lines state. */

import { assertMatch } from "@std/assert";
import { testWith } from "../tests/support/needs.ts";
import { Slurm, SLURM_PROGRAMS } from "../tests/support/hosts/slurm.ts";
import { HOST, Sshd, SSHD_PROGRAMS } from "../tests/support/hosts/sshd.ts";
import { outputOf } from "../tests/support/examples.ts";

testWith(SSHD_PROGRAMS, "example ssh_info prints a table of hosts", async () => {
  await using sshd = await Sshd.start();
  const text = await outputOf(
    "ssh_info",
    `--config=${sshd.clientConfig}`,
    HOST,
    HOST,
    "no.invalid",
  );
  const [first, second, third] = text.split("\n");
  const row = /^box +\S+ +\w+ \w+ +Deno \d+\.\d+\.\d+\S* +pid \d+ +load \d/;
  assertMatch(first, row);
  assertMatch(second, row);
  assertMatch(third, /^no\.invalid +HostNotFoundError: /);
});

testWith(SSHD_PROGRAMS, "example ssh_fileserver copies files of a directory", async () => {
  await using sshd = await Sshd.start();
  const directory = `${sshd.home}/files`;
  await Deno.mkdir(directory);
  await Deno.writeTextFile(`${directory}/a.txt`, "abc");
  await Deno.writeFile(`${directory}/b.bin`, new Uint8Array(300_000));
  const text = await outputOf(
    "ssh_fileserver",
    `--config=${sshd.clientConfig}`,
    HOST,
    directory,
  );
  assertMatch(text, /^ba7816bf[0-9a-f]{56} {2}3 {2}a\.txt\n[0-9a-f]{64} {2}300000 {2}b\.bin\n$/);
});

testWith(
  ["root", ...SLURM_PROGRAMS],
  "example slurm_group counts by jobs of a real Slurm",
  async () => {
    await using _ = await Slurm.start();
    const text = await outputOf("slurm_group", "2");
    assertMatch(text, /: 2762 primes\n.+\n5133 primes below 50000, counted by 2 jobs\n$/);
  },
);
