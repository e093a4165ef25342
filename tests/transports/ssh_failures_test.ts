/** Failed starts over ssh, with the real client and server. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  AuthenticationError,
  DenoNotFoundError,
  DenoVersionError,
  type GatewaySpec,
  Group,
  HostKeyError,
  HostNotFoundError,
  LaunchError,
  SpecError,
} from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { Lines } from "../support/lines.ts";
import { runScript } from "../support/processes.ts";
import { testWith } from "../support/needs.ts";
import { freePort, HOST, Sshd, SSHD_PROGRAMS } from "../support/hosts/sshd.ts";

type LaunchErrorClass = new (message: string) => LaunchError;

/** Much less than the default `connectTimeout`. */
const QUICKLY_MS = 10_000;

async function assertFails(
  spec: GatewaySpec,
  kind: LaunchErrorClass,
  ...patterns: RegExp[]
): Promise<void> {
  const group = new Group();
  const start = performance.now();
  const error = await assertRejects(
    () => group.makeGateway({ id: "broken", output: "null", ...spec }),
    kind,
  );
  assert(performance.now() - start < QUICKLY_MS);
  for (const pattern of [/gateway broken/, ...patterns]) assertMatch(error.message, pattern);
  assertEquals(error.name, kind.name);
  assertEquals(group.size, 0);
}

function test(sentence: string, body: () => Promise<void>): void {
  testWith(SSHD_PROGRAMS, `ssh: ${sentence}`, body);
}

test("a host without an address is a HostNotFoundError", async () => {
  await assertFails(
    { ssh: "no-such-host.invalid" },
    HostNotFoundError,
    /no-such-host\.invalid/,
    /Could not resolve hostname/,
  );
});

test("a refused connection is a LaunchError that says so", async () => {
  await assertFails(
    { ssh: `-p ${freePort()} 127.0.0.1` },
    LaunchError,
    /on 127\.0\.0\.1/,
    /refused/,
  );
});

test("a silent host is a LaunchError within connectTimeout", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await assertFails(
    { ssh: `-p ${listener.addr.port} 127.0.0.1`, connectTimeout: 2_000 },
    LaunchError,
    /timed out/,
    /connectTimeout/,
  );
});

/** Writes a configuration in which the host is reached through others. */
async function behind(sshd: Sshd, ...lines: string[]): Promise<GatewaySpec> {
  const config = `${sshd.home}/../behind`;
  const text = await Deno.readTextFile(sshd.clientConfig);
  await Deno.writeTextFile(config, text.replace(/\n/, `\n${lines.join("\n")}\n`));
  return { ssh: HOST, ssh_config: config };
}

test("what fails at a jump host is told at once, by its kind", async () => {
  await using sshd = await Sshd.start();
  const { clientConfig } = sshd;
  const jump = (config: string) => `ProxyCommand ssh -F ${config} -W %h:%p ${HOST}`;
  await using closed = await Sshd.start({ server: ["AllowTcpForwarding no"] });
  await using stranger = await Sshd.start();
  await Deno.writeTextFile(`${stranger.home}/../authorized_keys`, "");
  const failures: [lines: string[], kind: LaunchErrorClass, message: RegExp][] = [
    [
      [`Port ${freePort()}`, jump(clientConfig)],
      LaunchError,
      /its jump host cannot reach it \(.*ref/,
    ],
    [
      ["HostName no-such.invalid", jump(clientConfig)],
      HostNotFoundError,
      /jump host cannot resolve/,
    ],
    [[jump(closed.clientConfig)], LaunchError, /passes no connection on .*AllowTcpForwarding/],
    [[jump(stranger.clientConfig)], AuthenticationError, /Permission denied/],
    [[`ProxyJump 127.0.0.1:${freePort()}`], LaunchError, /connection to 127.* was refused/],
    [["ProxyJump no-such-jump.invalid"], HostNotFoundError, /the name no-such-jump\.invalid/],
    [["ProxyCommand no-such-program %h %p"], LaunchError, /its ProxyCommand cannot be run/],
  ];
  for (const [lines, kind, message] of failures) {
    const printed = new Lines();
    const output = printed.take;
    await assertFails({ ...await behind(sshd, ...lines), output }, kind, message);
    // An attempt prints at least one of the like: there was no other.
    const ends = printed.all.filter((line) => /UNKNOWN port/.test(line));
    assertEquals(ends.length, 1, printed.all.join("\n"));
  }
});

test("a ProxyCommand that fails, and a port that is none of an sshd, are told soon", async () => {
  await using sshd = await Sshd.start();
  const fails = await behind(sshd, "ProxyCommand sh -c 'echo no way there >&2; exit 3'");
  await assertFails(fails, LaunchError, /reached through .* ended the connection/, /no way there/);
  const answers: [answer: Uint8Array<ArrayBuffer>, message: RegExp][] = [
    [Uint8Array.of(0x15, 3, 1, 0, 2, 2, 0x46), /what answers there is no sshd: is that its port/],
    [new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"), /is that the port of its sshd/],
  ];
  for (const [answer, message] of answers) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = answerAll(listener, answer);
    await assertFails(
      { ssh: `-oStrictHostKeyChecking=no -p ${listener.addr.port} 127.0.0.1` },
      LaunchError,
      message,
    );
    listener.close();
    await served;
  }
});

async function answerAll(
  listener: Deno.TcpListener,
  answer: Uint8Array<ArrayBuffer>,
): Promise<void> {
  try {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(100));
      await connection.write(answer);
      connection.close();
    }
  } catch { /* the listener is closed */ }
}

test("what the user's configuration hides of a failure is shown all the same", async () => {
  for (const level of ["QUIET", "FATAL"]) {
    await using sshd = await Sshd.start({ client: [`LogLevel ${level}`] });
    await Deno.writeTextFile(`${sshd.home}/../authorized_keys`, "");
    await assertFails(sshd.spec, AuthenticationError, /Permission denied/);
  }
  await using sshd = await Sshd.start();
  await Deno.writeTextFile(`${sshd.home}/../authorized_keys`, "");
  await assertFails({ ...sshd.spec, ssh: `-4q ${HOST}` }, AuthenticationError, /Permission denied/);
});

test("a key that the host does not know is an AuthenticationError without a prompt", async () => {
  await using sshd = await Sshd.start({ server: ["PasswordAuthentication yes"] });
  await Deno.writeTextFile(`${sshd.home}/../authorized_keys`, "");
  await assertFails(
    sshd.spec,
    AuthenticationError,
    /Permission denied/,
    /ssh -oBatchMode=yes box true/,
  );
});

test("a host key that is unknown or has changed is a HostKeyError", async () => {
  await using sshd = await Sshd.start();
  const unknown = "-oUserKnownHostsFile=/dev/null";
  await assertFails({ ...sshd.spec, ssh: `${unknown} ${HOST}` }, HostKeyError, /unknown/);
  await assertFails(
    { ...sshd.spec, ssh: `${unknown} -oStrictHostKeyChecking=ask ${HOST}` },
    HostKeyError,
    /ssh box/,
  );
  await using other = await Sshd.start();
  const known = (await Deno.readTextFile(`${other.home}/../known_hosts`))
    .replace(`${other.port}`, `${sshd.port}`);
  await Deno.writeTextFile(`${sshd.home}/known`, known);
  await assertFails(
    { ...sshd.spec, ssh: `-oUserKnownHostsFile=${sshd.home}/known ${HOST}` },
    HostKeyError,
    /ssh-keygen -R/,
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
  );
});

test("a host without Deno is a DenoNotFoundError that says what was found", async () => {
  await using sshd = await Sshd.start({ path: "/usr/bin:/bin" });
  await assertFails(
    { ...sshd.spec, deno: "deno-of-another-name" },
    DenoNotFoundError,
    /looked for deno-of-another-name;/,
    /PATH=\/usr\/bin:\/bin;/,
    /Linux|Darwin/,
    /deno=/,
  );
});

test("a Deno that is too old is a DenoVersionError, which names both versions", async () => {
  await using sshd = await Sshd.start();
  const deno = `${sshd.home}/deno`;
  await Deno.writeTextFile(
    deno,
    `#!/bin/sh
[ "$1" = --version ] && { echo "deno 1.40.0 (release)"; exit 0; }
echo "error: unexpected argument '--no-such-flag'" >&2
exit 1
`,
  );
  await Deno.chmod(deno, 0o755);
  await assertFails({ ...sshd.spec, deno }, DenoVersionError, /1\.40\.0/, /2\.7\.12/);
});

test("a directory that does not exist is a LaunchError that names it", async () => {
  await using sshd = await Sshd.start();
  await assertFails(
    { ...sshd.spec, chdir: "/no where" },
    LaunchError,
    /"\/no where" cannot be entered there; it printed:\n {4}sh: .*cd: .*\/no where/,
  );
});

test("a wrong configuration is a LaunchError with the message of ssh", async () => {
  await using sshd = await Sshd.start({ client: ["NoSuchKeyword yes"] });
  await assertFails(
    sshd.spec,
    LaunchError,
    /its connection ended before it answered/,
    /nosuchkeyword/i,
  );
});

test("a value that is not [options] [user@]host is a SpecError", async () => {
  const wrong = ["-p 22", "-t box", "-N box", "-vW a:1 box", "box true", "box -p 22", "'box", "-p"];
  for (const ssh of wrong) {
    await assertRejects(() => new Group().makeGateway({ ssh }), SpecError);
  }
});

test("without --allow-run the error says what is needed", async () => {
  const { stdout } = await runScript(
    `const error = await execnet.makeGateway("ssh=box").catch((error) => error);
     console.log(error.name, error.message);`,
    ["--allow-env"],
  );
  assertMatch(stdout, /^LaunchError .*--allow-run=ssh/s);
});
