/** Ungranted code tries Deno's and Node's APIs for the machine. */
import { assertEquals, assertMatch } from "@std/assert";
import { attempt, quiet } from "../support/attempts.ts";
import { test } from "../support/bounded.ts";

const node = (name: string, expression: string) =>
  `const it = await import("node:${name}"); return ${expression}`;
/** Turns a failure by an event or a callback into a promise. */
const eventually = (name: string, body: string) =>
  node(name, `await new Promise((done, fail) => { ${body} })`);

const ATTEMPTS: readonly string[] = [
  node("fs", `it.readFileSync("/etc/hosts")`),
  node("fs", `it.openSync("/dev/fd/3")`),
  node(
    "fs",
    `it.createWriteStream("/tmp/none").on("error", () => {}) && it.mkdirSync("/tmp/none")`,
  ),
  node("fs", `it.symlinkSync("/etc", "/tmp/none")`),
  node("fs/promises", `await it.readFile("/etc/hosts")`),
  node("child_process", `it.execFileSync("true")`),
  node("child_process", `it.execSync("true", { env: {} })`),
  node("child_process", `it.spawnSync("true")`),
  node("cluster", `it.default.fork()`),
  node("process", `it.default.env.PATH`),
  node("process", `Object.keys(it.default.env)`),
  node("process", `it.default.kill(it.default.ppid, 0)`),
  node("process", `it.default.kill(it.default.ppid, "SIGTERM")`),
  node("process", `it.default.dlopen({ exports: {} }, "/lib/none.node")`),
  node("process", `it.default.binding("fs").open("/etc/hosts", 0, 0)`),
  node("process", `it.default.chdir("/")`),
  node("process", `it.default.setuid(0)`),
  node("module", `it.createRequire("file:///x.js")("/etc/hosts")`),
  node("module", `it.default._load("/etc/hosts")`),
  node("module", `it.default._extensions[".json"]({ exports: {} }, "/etc/hosts")`),
  node("vm", `it.runInThisContext('Deno.readTextFileSync("/etc/hosts")')`),
  node("vm", `it.runInNewContext("Deno")`),
  node("inspector", `it.open(0)`),
  node("inspector", `new it.Session().connect()`),
  node("v8", `it.writeHeapSnapshot("/tmp/none")`),
  node("os", `it.hostname()`),
  node("os", `it.userInfo()`),
  node("os", `it.setPriority(0, 10)`),
  node("sqlite", `new it.DatabaseSync("/tmp/none")`),
  node("sqlite", `new it.DatabaseSync(":memory:").exec("ATTACH '/tmp/none' AS it")`),
  node("sqlite", `new it.DatabaseSync(":memory:").exec("VACUUM INTO '/tmp/none'")`),
  node("sqlite", `new it.DatabaseSync(":memory:", { allowExtension: true }).loadExtension("/x")`),
  node("tty", `new it.ReadStream(3)`),
  eventually("net", `it.connect(9, "127.0.0.1").on("error", fail).on("connect", done)`),
  eventually("net", `it.createServer().on("error", fail).listen({ fd: 3 }, done)`),
  eventually("http", `it.get("http://127.0.0.1:9/", done).on("error", fail)`),
  eventually("dns", `it.lookup("localhost", (error, address) => error ? fail(error) : done())`),
  `Deno.readDirSync("/").next()`,
  `return Deno.readTextFileSync("/proc/self/environ")`,
  `return Deno.readTextFileSync("/proc/self/cmdline")`,
  `Deno.openSync("/proc/self/mem")`,
  `Deno.openSync("/dev/stdin")`,
  `Deno.openSync("/dev/fd/0")`,
  `Deno.makeTempFileSync()`,
  `Deno.env.toObject()`,
  `Deno.env.set("PATH", "/tmp")`,
  `new Deno.Command("/bin/true").outputSync()`,
  `new Deno.Command(Deno.execPath(), { args: ["--version"] }).spawn()`,
  `Deno.kill(Deno.ppid, "SIGTERM")`,
  `Deno.dlopen("/lib/none.so", {})`,
  `Deno.UnsafePointer.of(new Uint8Array(1))`,
  `Deno.listen({ port: 0 })`,
  `await Deno.connect({ transport: "unix", path: "/tmp/none" })`,
  `await Deno.resolveDns("example.com", "A")`,
  `Deno.serve({ port: 0 }, () => new Response())`,
  `await fetch("http://127.0.0.1:8099/")`,
  `await fetch("file:///etc/hosts")`,
  `new WebSocket("ws://127.0.0.1:8099/")`,
  `Deno.chdir("/")`,
  `Deno.hostname()`,
  `Deno.networkInterfaces()`,
  `Deno.umask(0)`,
];

const DENIED = new RegExp(
  [
    /Requires [a-z]+ access/,
    /requires unscoped/,
    // Node's API throws its own error here, or has nothing to return.
    /EPERM|EACCES|EEXIST/,
    /too many attached databases - max 0/,
    /is not (a function|defined)/,
  ].map(({ source }) => source).join("|"),
);

test("an ungranted gateway gives access to nothing", async () => {
  await using gw = await quiet();
  for (const source of ATTEMPTS) {
    const result = await attempt(gw, source);
    assertMatch(result, DENIED, source);
    assertEquals(result.startsWith("returned"), false, `${source}: ${result}`);
  }
});

test("nobody is prompted: a permission that would prompt is denied at once", async () => {
  await using gw = await quiet();
  for (const name of ["read", "write", "net", "env", "run", "sys", "ffi", "import"]) {
    assertEquals(
      await attempt(gw, `return (await Deno.permissions.request({ name: "${name}" })).state`),
      "returned denied",
    );
  }
  assertEquals(await attempt(gw, `return prompt("name?")`), "returned null");
  assertEquals(await attempt(gw, `return confirm("sure?")`), "returned false");
  assertEquals(
    await attempt(gw, `return await Deno.stdin.read(new Uint8Array(1))`),
    "returned null",
  );
});

test("no gateway finds what another one has stored", async () => {
  const store = `
    localStorage.setItem("key", "value");
    await (await caches.open("it")).put("http://it/", new Response("value"));`;
  const find = `
    const cached = await (await caches.open("it")).match("http://it/");
    return [localStorage.getItem("key"), await cached?.text()].join()`;
  await using one = await quiet();
  assertEquals(await attempt(one, store + find), "returned value,value");
  await using other = await quiet();
  assertEquals(await attempt(other, find), "returned ,");
});
