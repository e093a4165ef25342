import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  type ExecOptions,
  type Gateway,
  type GatewaySpec,
  Group,
  RemoteError,
  SpecError,
} from "../../mod.ts";
import { C_LIBRARIES } from "../../protocol/constants.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

function start(spec: string | Partial<GatewaySpec>): Promise<Gateway> {
  return new Group().makeGateway(
    typeof spec === "string" ? spec : { popen: true, output: "null", ...spec },
  );
}

/** Tries each kind of access on a gateway. Returns `done`, or the name of the error, for each. */
async function attempts(gw: Gateway, directory: string): Promise<Record<string, string>> {
  return await gw.call(async (directory: string) => {
    const results: Record<string, string> = {};
    const attempt = async (name: string, action: () => unknown) => {
      try {
        await action();
        results[name] = "done";
      } catch (error) {
        // A refused import is a TypeError; its message says so.
        const { name: kind, message } = error as Error;
        results[name] = /^Requires \w+ access/.test(message) ? "NotCapable" : kind;
      }
    };
    await attempt("read", () => Deno.readTextFileSync(`${directory}/inside.txt`));
    await attempt("read elsewhere", () => Deno.readTextFileSync("/etc/passwd"));
    await attempt("write", () => Deno.writeTextFileSync(`${directory}/made.txt`, "x"));
    await attempt("env", () => Deno.env.get("PATH"));
    await attempt("net", () => Deno.listen({ port: 0, hostname: "127.0.0.1" }).close());
    await attempt("run", () => new Deno.Command("true").outputSync());
    await attempt("sys", () => Deno.hostname());
    await attempt("node:fs", async () => (await import("node:fs")).readFileSync("/etc/passwd"));
    await attempt(
      "node:child_process",
      async () => (await import("node:child_process")).execFileSync("true"),
    );
    await attempt("import file", () => import(`file://${directory}/module.js`));
    return results;
  }, directory);
}

async function directoryWithFiles(): Promise<TemporaryDirectory> {
  const directory = await TemporaryDirectory.make();
  await directory.write("inside.txt", "inside");
  await directory.write("module.js", "export default 1;");
  return directory;
}

/**
 * Returns the permissions that user code sees, and whether it can open the protocol's descriptors.
 */
async function protocolAccess(gw: Gateway): Promise<Record<string, string>> {
  return await gw.call(() => {
    const results: Record<string, string> = {};
    for (const fd of [3, 4]) {
      for (const path of [`/dev/fd/${fd}`, `/proc/self/fd/${fd}`]) {
        for (const way of ["read", "write"] as const) {
          try {
            Deno.openSync(path, { [way]: true }).close();
            results[`${way} ${path}`] = "opened";
          } catch (error) {
            results[`${way} ${path}`] = (error as Error).name;
          }
        }
      }
    }
    return results;
  });
}

async function isGranted(gw: Gateway, name: "read" | "write", path?: string): Promise<boolean> {
  return await gw.call(
    (name: "read" | "write", path?: string) =>
      Deno.permissions.querySync({ name, path }).state === "granted",
    name,
    path,
  );
}

test("an ungranted gateway can read, write, connect, run and learn nothing", async () => {
  await using directory = await directoryWithFiles();
  await using gw = await start({});
  const results = await attempts(gw, directory.path);
  assertEquals(new Set(Object.values(results)), new Set(["NotCapable"]), JSON.stringify(results));
});

test("an ungranted gateway imports nothing from the network, not even from hosts that Deno allows", async () => {
  await using gw = await start({});
  for (const url of ["https://localhost/x.js", "https://raw.githubusercontent.com/x.js"]) {
    const error = await assertRejects(
      () => gw.call((url: string) => import(url), url),
      RemoteError,
      "import",
    );
    assertMatch(error.message, /[Rr]equires import access|NotCapable/);
  }
});

test("no permission of an ungranted gateway is granted", async () => {
  await using gw = await start({});
  const states = await gw.call(() =>
    (["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const)
      .map((name) => Deno.permissions.querySync({ name } as Deno.PermissionDescriptor).state)
  );
  assertEquals(states.includes("granted"), false, JSON.stringify(states));
});

test("allow-read=<dir> grants reading there and nothing else", async () => {
  await using directory = await directoryWithFiles();
  await using gw = await start(`popen//allow-read=${directory.path}`);
  const { read, "import file": imported, ...others } = await attempts(gw, directory.path);
  assertEquals([read, imported], ["done", "done"]);
  assertEquals(new Set(Object.values(others)), new Set(["NotCapable"]), JSON.stringify(others));
  assertEquals(await isGranted(gw, "read", directory.path), true);
  assertEquals(await isGranted(gw, "read"), false);
});

test("a path with a comma is refused, because Deno would read two paths", async () => {
  await assertRejects(() => start({ permissions: { read: ["/tmp/a,b"] } }), SpecError, "a,b");
});

test("deny lists take away from what is granted", async () => {
  await using directory = await directoryWithFiles();
  await using gw = await start({
    permissions: { read: true, env: true },
    deny: { read: [directory.path], env: ["PATH"] },
  });
  const results = await attempts(gw, directory.path);
  assertEquals(results.read, "NotCapable");
  assertEquals(results["read elsewhere"], "done");
  assertEquals(results.env, "NotCapable");
});

test("allow-all grants everything except what is denied", async () => {
  await using directory = await directoryWithFiles();
  await using gw = await start("popen//allow-all");
  const results = await attempts(gw, directory.path);
  assertEquals(new Set(Object.values(results)), new Set(["done"]), JSON.stringify(results));
  await using denied = await start("popen//allow-all//deny-env//deny-run");
  const less = await attempts(denied, directory.path);
  assertEquals([less.env, less.run, less.read], ["NotCapable", "NotCapable", "done"]);
});

for (
  const [spec, read] of [
    ["popen", false],
    ["popen//allow-read", true],
    ["popen//allow-read=/", true],
    ["popen//allow-read=/dev", true],
    ["popen//allow-read=/usr", false],
    ["popen//allow-all", true],
    ["popen//deny-read=/dev", false],
    ["popen//allow-read//deny-read=/dev/fd", true],
  ] as const
) {
  test(`permissions of "${spec}" after the start are those of the spec`, async () => {
    await using gw = await start(spec);
    assertEquals(await isGranted(gw, "read", "/dev/null"), read);
    if (spec === "popen//allow-read=/") assertEquals(await isGranted(gw, "read", "/etc"), true);
    assertEquals(await gw.call((a: number) => a + 1, 1), 2);
  });
}

for (const spec of ["popen", "popen//allow-read=/usr//allow-write=/usr", "popen//deny-read"]) {
  test(`user code on "${spec}" cannot open the protocol's descriptors`, async () => {
    await using gw = await start(spec);
    const access = await protocolAccess(gw);
    assertEquals(
      Object.values(access).filter((result) => result !== "NotCapable"),
      [],
      JSON.stringify(access),
    );
    assertEquals(await isGranted(gw, "read", "/dev/fd/3"), false);
    assertEquals(await isGranted(gw, "write", "/dev/fd/4"), false);
  });
}

for (
  const [spec, granted] of [
    ["popen//allow-run", []],
    ["popen//allow-ffi=/no/library.so", []],
    ["popen//allow-ffi=/lib", C_LIBRARIES.filter((path) => path.startsWith("/lib/"))],
    [`popen//allow-ffi=${C_LIBRARIES[0]}`, [C_LIBRARIES[0]]],
    ["popen//allow-ffi", C_LIBRARIES],
  ] as const
) {
  test(`user code on "${spec}" has no more of the C library than the spec grants`, async () => {
    await using gw = await start(spec);
    const isOpen = await gw.call(
      (paths: readonly string[]) =>
        paths.filter((path) =>
          Deno.permissions.querySync({ name: "ffi", path }).state === "granted"
        ),
      C_LIBRARIES,
    );
    assertEquals(isOpen, granted);
  });
}

const READS = `
  const outcomes = [];
  for (const path of args) {
    try {
      Deno.readTextFileSync(path);
      outcomes.push("done");
    } catch (error) {
      outcomes.push(error.name);
    }
  }
  await channel.send(outcomes.join());`;

test("an execution has the permissions that it requests, and its gateway keeps its own", async () => {
  await using directory = await directoryWithFiles();
  const files = ["inside.txt", "module.js"].map((name) => `${directory.path}/${name}`);
  await using gw = await start(`popen//allow-read=${directory.path}`);
  const outcomes = async (options: ExecOptions) =>
    await gw.remoteExec(READS, files, options).receive();
  assertEquals(await outcomes({ permissions: { read: [files[0]] } }), "done,NotCapable");
  assertEquals(await outcomes({ permissions: {} }), "NotCapable,NotCapable");
  assertEquals(await outcomes({ deny: { read: [files[0]] } }), "NotCapable,done");
  assertEquals(await outcomes({}), "done,done");
});

test("an execution that requests more than its gateway has is refused before anything starts", async () => {
  await using gw = await start("popen//allow-read=/etc//deny-read=/etc/ssl");
  for (
    const [permissions, says] of [
      [{ net: true }, "add allow-net to its spec"],
      [{ read: ["/etc/hosts", "/var"] }, "add allow-read=/var to its spec"],
      [{ read: ["/etc/ssl/certs"] }, "deny-read=/etc/ssl in its spec stands against it"],
    ] as const
  ) {
    assertThrows(() => gw.remoteExec(READS, [], { permissions }), SpecError, says);
  }
  assertEquals((await gw.remoteStatus()).executing, []);
});
