/** The command line over ssh, with a hosts file of three hosts. */

import { assertEquals, assertMatch } from "@std/assert";
import { TemporaryDirectory } from "../support/bounded.ts";
import { execnet } from "../support/cli.ts";
import { HOST, Sshd, SSHD_PROGRAMS } from "../support/hosts/sshd.ts";
import { testWith } from "../support/needs.ts";

testWith(SSHD_PROGRAMS, "exec runs on the hosts of a file, and gathers what they say", async () => {
  await using sshd = await Sshd.start();
  await using directory = await TemporaryDirectory.make();
  const config = (await Deno.readTextFile(sshd.clientConfig))
    .replace(`Host ${HOST}\n`, `Host web0? ${HOST}\n`);
  const path = await directory.write("ssh_config", config);
  const hosts = await directory.write("hosts", `web: "ssh=web[01-03]//ssh_config=${path}"\n`);
  const { code, stdout, stderr } = await execnet([
    "exec",
    ...["-w", "@web", "--hosts", hosts, "-b", "-S=hostname"],
    ...["-e", "await channel.send(Deno.hostname())"],
  ]);
  const rule = "-".repeat(15);
  assertEquals(stdout, `${rule}\nweb[01-03] (3)\n${rule}\n${Deno.hostname()}\n`);
  assertEquals([code, stderr], [0, ""]);
  const unknown = await execnet(["exec", "-w", "ssh=web[04-05].invalid", "-e", "1"]);
  assertEquals(unknown.code, 3);
  assertMatch(unknown.stderr, /\nweb05.invalid +unreachable +- /);
});
