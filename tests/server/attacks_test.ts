/** Each attack ends with a refusal, a line in the log, and a server that still works. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AuthenticationError, type Gateway, LaunchError } from "../../mod.ts";
import { TokenKey } from "../../protocol/auth.ts";
import {
  AuthType,
  encodeMessage,
  RefusalCode,
  SESSION_ID_BYTES,
} from "../../protocol/auth_messages.ts";
import { encodeRequest } from "../../protocol/auth_request.ts";
import { FrameType } from "../../protocol/constants.ts";
import { encodeExecRequest } from "../../protocol/control.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { encodePreamble, localHello } from "../../protocol/preamble.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { Attacker, ManInTheMiddle } from "../support/server/attacker.ts";
import { ServerProgram } from "../support/server/program.ts";
import { CA, TestServer, tlsOf, TOKEN } from "../support/server/test_server.ts";

/** Checks that another client can still use the server. */
async function assertUnharmed(server: TestServer): Promise<void> {
  const gw = await server.gateway();
  assertEquals(await gw.call((a: number, b: number) => a + b, 1, 2), 3);
  await gw.terminate();
}

const WRONG = "a-token-that-was-guessed-and-is-another-one";

test("a wrong token is an AuthenticationError that names neither token", async () => {
  await using server = new TestServer();
  const error = await assertRejects(
    () => server.group.makeGateway(server.spec("", WRONG)),
    AuthenticationError,
    "does not accept the token",
  );
  assertEquals(Deno.inspect(error).includes(WRONG), false);
  const { failures, peer } = await server.refused(/proof of the token is wrong/);
  assertEquals(failures, 1);
  assertStringIncludes(peer, "127.0.0.1:");
  assertEquals(JSON.stringify(server.events).includes(TOKEN), false);
  await assertUnharmed(server);
});

test("wrong tokens are counted, and each waits longer for its answer", async () => {
  await using server = new TestServer();
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await assertRejects(() => server.group.makeGateway(server.spec("", WRONG)));
    times.push(performance.now() - start);
  }
  const refused = server.events.flatMap((e) =>
    e.event === "refused" && e.failures ? [e.failures] : []
  );
  assertEquals(refused, [1, 2, 3]);
  for (const [i, delay] of [250, 500, 1000].entries()) assert(times[i] >= delay, `${times}`);
  await assertUnharmed(server);
});

test("a handshake that is replayed is refused", async () => {
  await using server = new TestServer();
  using client = await Attacker.connect(server.port);
  await client.enter("control");
  using replay = await Attacker.connect(server.port);
  await replay.challenged();
  await replay.write(client.sent[0]);
  assertEquals((await replay.refusal())?.code, RefusalCode.AUTHENTICATION);
  await server.refused(/proof of the token is wrong/);
  await assertUnharmed(server);
});

test("a challenge that is reflected is refused", async () => {
  await using server = new TestServer();
  using attacker = await Attacker.connect(server.port);
  const challenge = await attacker.read(45);
  assert(challenge !== undefined);
  await attacker.write(challenge);
  assertEquals((await attacker.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/type 2 was due/);
  await assertUnharmed(server);
});

test("a man in the middle gets nothing, even with another certificate that the client trusts", async () => {
  await using server = new TestServer(tlsOf());
  await using directory = await TemporaryDirectory.make();
  await using middle = new ManInTheMiddle(server.port, tlsOf("other"));
  const both = await directory.write("ca.pem", tlsOf().cert + tlsOf("other").cert);
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.1:${middle.port}//token=${TOKEN}//ca=${both}`),
    AuthenticationError,
    "another certificate",
  );
  await server.refused(/proof of the token is wrong/);
  await assertUnharmed(server);
});

test("a man in the middle who removes TLS gets nothing", async () => {
  await using server = new TestServer(tlsOf());
  await using middle = new ManInTheMiddle(server.port, undefined);
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.1:${middle.port}//token=${TOKEN}`),
    AuthenticationError,
    "takes it away",
  );
  await server.refused(/proof of the token is wrong/);
  await assertUnharmed(server);
});

test("a client that requires TLS does not connect without it", async () => {
  await using server = new TestServer();
  await assertRejects(
    () => server.group.makeGateway(server.spec(`ca=${CA}`)),
    LaunchError,
    "speaks no TLS",
  );
  await server.refused(/type 2 was due/);
  await assertUnharmed(server);
});

test("a handshake byte by byte is cut at its deadline", async () => {
  await using server = new TestServer({ handshakeTimeout: 300 });
  using client = await Attacker.connect(server.port);
  await client.enter("control");
  using loris = await Attacker.connect(server.port);
  await loris.challenged();
  let gone = false;
  const closed = loris.closed().then(() => gone = true);
  for (const byte of client.sent[0].subarray(0, -1)) {
    if (gone) break;
    await loris.write(Uint8Array.of(byte)).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await closed;
  await server.refused(/took more than 300 ms/);
  await assertUnharmed(server);
});

test("1,000 half-open connections keep nobody out, and displace each other", async () => {
  await using server = new TestServer({ handshakeTimeout: 30_000, maxHalfOpen: 32 });
  const attackers: Attacker[] = [];
  try {
    for (let i = 0; i < 1_000; i++) {
      attackers.push(await Attacker.connect(server.port));
      if (i === 500) await assertUnharmed(server);
    }
    await assertUnharmed(server);
    const refused = () => server.events.filter((e) => e.event === "refused").length;
    await until("the refusals of all but those that have a place", () => refused() >= 1_000 - 32);
  } finally {
    for (const attacker of attackers) attacker[Symbol.dispose]();
  }
});

test("garbage and bit-flipped handshakes are refused, each with a line in the log", async () => {
  await using server = new TestServer();
  using client = await Attacker.connect(server.port);
  await client.enter("control");
  const good = client.sent[0];
  let sent = 0;
  for (let at = 0; at < 3; at++) {
    using attacker = await Attacker.connect(server.port);
    const bytes = good.slice();
    bytes[at] ^= 0x80;
    await attacker.write(bytes);
    await attacker.closed();
    sent++;
  }
  for (let i = 0; i < 100; i++) {
    using attacker = await Attacker.connect(server.port);
    await attacker.write(crypto.getRandomValues(new Uint8Array(3 + 20 * i)));
    sent++;
  }
  await until("a refusal of each", () => {
    return server.events.filter(({ event }) => event === "refused").length >= sent;
  });
  await assertUnharmed(server);
});

test("frames before authentication are refused, and start nothing", async () => {
  await using server = new TestServer();
  using attacker = await Attacker.connect(server.port);
  await attacker.challenged();
  const request = { kind: "source", name: "evil", position: "", isolated: false } as const;
  await attacker.write(encodePreamble(localHello("evil", 1024)));
  await attacker.write(encodeFrame(FrameType.EXEC, 1, encodeExecRequest(request))).catch(() => {});
  assertEquals((await attacker.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/type 2 was due/);
  assertEquals(server.server.sessions, 0);
  assertEquals(server.events.some(({ event }) => event === "accepted"), false);
  await assertUnharmed(server);
});

test("a request that its proof does not cover is refused", async () => {
  await using server = new TestServer();
  using attacker = await Attacker.connect(server.port);
  await attacker.enter("control");
  await attacker.write(encodeMessage(AuthType.REQUEST, new Uint8Array(32), Uint8Array.of(0x80)));
  assertEquals((await attacker.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/was changed on the way/);
  await assertUnharmed(server);
});

test("a second data connection for a session is refused", async () => {
  await using server = new TestServer();
  const session = new Uint8Array(16).fill(9);
  using first = await Attacker.connect(server.port);
  await first.enter("data", session);
  using second = await Attacker.connect(server.port);
  await second.enter("data", session);
  assertEquals((await second.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/has a data connection already/);
  await assertUnharmed(server);
});

test("permissions above the ceiling are refused, and named", async () => {
  await using server = new TestServer({
    permissions: { read: ["/usr"] },
    deny: { read: ["/usr/lib"] },
  });
  for (
    const [wanted, named] of [
      ["allow-read=/etc", "read=/etc"],
      ["allow-read", "all of read"],
      ["allow-read=/usr/../etc", "read=/usr/../etc"],
      ["allow-read=/usr/lib/os-release", "/usr/lib"],
      [
        "allow-net",
        "this session cannot have what the server does not grant: all of net (add allow-net to its flags)",
      ],
      ["allow-run=sh", "run=sh"],
      ["allow-all", "allow-all"],
      ["allow-read=.//chdir=/usr", "read=."],
    ]
  ) {
    const error = await assertRejects(() => server.gateway(wanted), LaunchError);
    assertStringIncludes(error.message, named);
  }
  await server.refused(/all of net/);
  const gw = await server.gateway("allow-read=/usr/share");
  assertEquals(await gw.call(() => Deno.statSync("/usr/share").isDirectory), true);
  await gw.terminate();
});

test("environment variables that load code or change Deno, and deno=, are refused and named", async () => {
  await using server = new TestServer();
  for (
    const name of [
      "DENO_DIR",
      "NODE_OPTIONS",
      "LD_PRELOAD",
      "ld_preload",
      "DYLD_INSERT_LIBRARIES",
      "BASH_ENV",
      "PATH",
      "HOME",
      "SSL_CERT_FILE",
      "https_proxy",
    ]
  ) {
    const error = await assertRejects(() => server.gateway(`env:${name}=x`), LaunchError);
    assertStringIncludes(error.message, `env:${name}`);
  }
  await assertRejects(() => server.gateway("deno=/bin/sh"), LaunchError, "deno=/bin/sh");
  await assertRejects(() => server.gateway("nice=-5"), LaunchError, "nice=-5");
  await server.refused(/env:LD_PRELOAD/);
  await assertUnharmed(server);
});

test("a session can neither read nor change the token file, under any name", async () => {
  await using directory = await TemporaryDirectory.make();
  const tokenFile = await directory.write("token", TOKEN, 0o600);
  await using server = new TestServer({ tokenFile, permissions: { read: true, write: true } });
  const gw = await server.gateway("allow-read//allow-write");
  const other = `${directory.path}/other`;
  const got = await gw.call(
    async (tokenFile: string, other: string) => {
      const cwd = tokenFile.replace(/[^/]*$/, "");
      const attempts: Record<string, () => unknown> = {
        read: () => Deno.readTextFileSync(tokenFile),
        dots: () => Deno.readTextFileSync(`${cwd}x/../token`),
        proc: () => Deno.readTextFileSync(`/proc/self/root${tokenFile}`),
        import: () => import(`file://${tokenFile}`),
        copy: () => Deno.copyFileSync(tokenFile, other),
        link: () => Deno.linkSync(tokenFile, other),
        symlink: () => Deno.symlinkSync(tokenFile, other),
        symlinkDirectory: () => Deno.symlinkSync(cwd, other),
        rename: () => Deno.renameSync(tokenFile, other),
        write: () => Deno.writeTextFileSync(tokenFile, "mine"),
        remove: () => Deno.removeSync(tokenFile),
        chmod: () => Deno.chmodSync(tokenFile, 0o666),
        environment: () => Deno.env.toObject(),
        signal: () => Deno.kill(Deno.ppid, "SIGTERM"),
      };
      const got: string[] = [];
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          await attempt();
          got.push(name);
        } catch (error) {
          if (!/Requires|requires/.test((error as Error).message)) got.push(`${name}: ${error}`);
        }
      }
      return got;
    },
    tokenFile,
    other,
  );
  assertEquals(got, []);
  await gw.terminate();
  await assertRejects(
    () =>
      server.group.makeGateway(
        `tcp=127.0.0.1:${server.port}` +
          `//token_file=${tokenFile}//allow-read=${tokenFile}`,
      ),
    LaunchError,
    "deny-read",
  );
  const again: Gateway = await server.group.makeGateway(
    `tcp=127.0.0.1:${server.port}//token_file=${tokenFile}`,
  );
  await again.terminate();
});

test("a client that stays although its process could not start blocks nobody", async () => {
  await using server = await ServerProgram.start();
  const { address } = await server.logged("listening");
  const port = Number(String(address).split(":").at(-1));
  await using honest = new TestServer();
  for (let i = 0; i < 5; i++) {
    using control = await Attacker.connect(port);
    using data = await Attacker.connect(port);
    const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
    const transcript = await control.enter("control", session);
    await control.write(
      await encodeRequest(new TokenKey(TOKEN), transcript, {
        name: "stays",
        all: false,
        allow: {},
        deny: {},
        env: {},
        chdir: "/no/such/place",
        nice: 0,
        deno: "",
      }),
    );
    await data.enter("data", session);
    await data.closed();
    const gw = await inTime("a gateway", honest.group.makeGateway(await server.spec()));
    assertEquals(await inTime("a call", gw.call(() => 1)), 1);
    await gw.terminate();
  }
});
