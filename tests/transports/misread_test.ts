/** Shells that read what was not meant for them: joined words, and the stream of the protocol. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type GatewaySpec, Group, LaunchError } from "../../mod.ts";
import { programFor } from "../../transports/program/program.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { testWith } from "../support/needs.ts";
import { Sshd, sshTest } from "../support/hosts/sshd.ts";

const SECRET = "a-token-in-the-environment";
const JOINED = /joins its words .* use ssh=host/;
const STREAM = /a shell there reads what is sent to Deno, and was ended; does a start file/;

/** Starts a gateway that cannot start; returns the error's message and what was printed. */
async function failed(spec: GatewaySpec): Promise<{ message: string; printed: string }> {
  let printed = "";
  Deno.env.set("EXECNET_TEST_SECRET", SECRET);
  try {
    const output = (line: string) => void (printed += `${line}\n`);
    const { message } = await assertRejects(
      () => new Group().makeGateway({ ...spec, output }),
      LaunchError,
    );
    return { message, printed };
  } finally {
    Deno.env.delete("EXECNET_TEST_SECRET");
  }
}

for (const shell of ["sh", "bash", "dash", "zsh", "fish", "tcsh", "busybox sh"]) {
  const needs = [shell.split(" ")[0]];

  testWith(needs, `${shell}: a command that joins its words is told as such`, async () => {
    await using directory = await TemporaryDirectory.make();
    const joiner = await directory.write("joiner", `#!/bin/sh\nexec ${shell} -c "$*"\n`, 0o755);
    const { message, printed } = await failed({ command: joiner });
    assertMatch(message, JOINED);
    assertEquals((message + printed).includes(SECRET), false);
  });

  testWith(needs, `${shell}: ends at the first line of the protocol's stream`, async () => {
    for (const isDeflated of [false, true]) {
      await using child = new Deno.Command(needs[0], {
        args: shell.split(" ").slice(1),
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const stream = new Blob([new Uint8Array(await programFor(isDeflated))]).stream();
      const written = stream.pipeTo(child.stdin).catch(() => {}); // it ends before it has read all
      const { code, stdout, stderr } = await child.output();
      await written;
      assertEquals(code, 97);
      assertMatch(new TextDecoder().decode(stdout), /^execnet: a shell reads what [^\n]+\n$/);
      assertEquals(new TextDecoder().decode(stderr), "");
    }
  });
}

test("a command that drops the words behind it does not run the stream", async () => {
  const { message, printed } = await failed({ command: "sh -c 'exec sh'" });
  assertMatch(message, STREAM);
  assertEquals((message + printed).includes(SECRET), false);
});

sshTest("as a command, it joins its words, and is told as such", async () => {
  await using sshd = await Sshd.start();
  const { message } = await failed({ command: `ssh -F ${sshd.clientConfig} box` });
  assertMatch(message, JOINED);
  const nested = await failed({ command: `ssh -F ${sshd.clientConfig} box env A=b` });
  assertMatch(nested.message, JOINED);
});

sshTest("a shell that ~/.bashrc starts does not run the stream", async () => {
  await using sshd = await Sshd.start();
  await Deno.writeTextFile(`${sshd.home}/.bashrc`, "exec zsh\n");
  const { message } = await failed(sshd.spec);
  assertMatch(message, STREAM);
}, ["bash", "zsh"]);

test("a command line that is taken for text is printed without the program in it", async () => {
  const { message, printed } = await failed({
    command: `sh -c 'echo "$*" | cut -c2- >&2; exit 1'`,
  });
  assertMatch(message, /code 1/);
  assertMatch(printed, /--no-prompt.*data:…/);
  assertEquals(printed.length < 3_000, true);
});
