/** Session requests beyond what a server allows, and sessions that try to get more. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Gateway, LaunchError } from "../../mod.ts";
import { SESSION_ID_BYTES } from "../../protocol/auth_messages.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { Attacker } from "../support/server/attacker.ts";
import { ServerProgram } from "../support/server/program.ts";
import { assertUnharmed, TestServer, TOKEN } from "../support/server/test_server.ts";

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

test("unstable features are refused, unless the server allows them", async () => {
  await using server = new TestServer({ unstable: ["kv"] });
  const error = await assertRejects(() => server.gateway("unstable=kv,cron"), LaunchError);
  assertStringIncludes(
    error.message,
    "unstable=cron: start the server with -- --unstable-cron to allow it",
  );
  const features = () => ["openKv", "cron"].filter((name) => Reflect.has(Deno, name));
  const gw = await server.gateway("unstable=kv");
  assertEquals(await gw.call(features), ["openKv"]);
  await gw.terminate();
  const plain = await server.gateway("");
  assertEquals(await plain.call(features), []);
  await plain.terminate();
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
    await control.ask(transcript, { chdir: "/no/such/place" });
    await data.enter("data", session);
    await data.closed();
    const gw = await inTime("a gateway", honest.group.makeGateway(await server.spec()));
    assertEquals(await inTime("a call", gw.call(() => 1)), 1);
    await gw.terminate();
  }
});
