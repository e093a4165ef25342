/**
 * Sending code from a process with few permissions, and modules that gateways import themselves.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { Group } from "../../mod.ts";
import { scratch } from "../support/files.ts";

const MOD = new URL("../../mod.ts", import.meta.url);

/** Runs a script that has `gw`, with exactly these flags, and returns its output. */
async function run(flags: string[], script: string): Promise<string> {
  await using dir = await scratch({
    "script.ts": `import { makeGateway } from "${MOD}";
await using gw = await makeGateway();
${script}`,
    "alone.ts":
      `export default (channel: { send(item: unknown): unknown }) => channel.send("ran");`,
    "main.ts": `import "./b.ts"; import run from "./alone.ts"; export default run;`,
    "b.ts": "",
    "packed.ts": `import "npm:acorn@^8"; import run from "./alone.ts"; export default run;`,
  });
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--config", config, "--no-lock", "--allow-env"]
      .concat("--allow-run=/bin/sh", flags, dir.url("script.ts").href),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

const RECEIVE =
  `.receive().then((item) => console.log(item), (error) => console.log(String(error)))`;

Deno.test("without --allow-sys, the error of a function has the line inside it, and the call", async () => {
  const output = await run(
    [],
    `try {
  await gw.call(function divide(n: number): number {
    throw new RangeError("by " + n);
  }, 0);
} catch (error) { console.log((error as Error).stack); }`,
  );
  const [local, remote] = output.split("on the remote side (gateway gw0):");
  assertMatch(local, /RangeError: by 0[^]*script\.ts:4:12/);
  assertMatch(remote, /at divide \(divide:2:\d+\)/);
});

Deno.test("a module needs --allow-read of its files, and says so", async () => {
  const send = `await gw.remoteExec(new URL("./main.ts", import.meta.url))${RECEIVE};`;
  assertMatch(await run([], send), /ModuleError: .*main\.ts.*needs --allow-read/);
  assertEquals(await run(["--allow-read"], send), "ran\n");
});

Deno.test("a module with a package needs --allow-write for its bundle, and says so", async () => {
  const send = `await gw.remoteExec(new URL("./packed.ts", import.meta.url))${RECEIVE};`;
  assertMatch(await run(["--allow-read"], send), /ModuleError: .*packed\.ts.*--allow-write/);
  assertEquals(await run(["--allow-read", "--allow-write"], send), "ran\n");
});

Deno.test("a gateway imports a module from the network itself, if it may", async () => {
  const text = "export default async (channel, n) => await channel.send(n + 1);";
  const headers = { "content-type": "text/javascript" };
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(options, () => new Response(text, { headers }));
  try {
    const host = `127.0.0.1:${server.addr.port}`;
    // A fresh name, because Deno caches what it has fetched.
    const url = new URL(`http://${host}/${crypto.randomUUID()}.js`);
    await using group = new Group();
    const may = await group.makeGateway({ popen: true, permissions: { import: [host] } });
    assertEquals(await may.remoteExec(url, 41).receive(), 42);
    const mayNot = await group.makeGateway();
    const refused = await mayNot.remoteExec(url).receive().catch((error) => error);
    assertMatch(String(refused), /NotCapable|import/);
  } finally {
    await server.shutdown();
  }
});
