/** User code breaks the prototypes of its own isolate. At worst, its gateway ends. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ExecnetError, type Gateway } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { eachAtOnce, quiet } from "../support/attempts.ts";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { runScript } from "../support/processes.ts";

const BREAKS: readonly string[] = [
  `Promise.prototype.then = () => {}`,
  `Promise.prototype.then = function () { throw new Error("then") }`,
  `Promise.withResolvers = () => ({})`,
  `Array.prototype[Symbol.iterator] = function* () { yield 666 }`,
  `Array.prototype.push = () => 0`,
  `Object.prototype.then = (resolve) => resolve(666)`,
  `Object.defineProperty(Object.prototype, "type", { set() { throw new Error("set") } })`,
  `Object.prototype.signal = Object.prototype.channel = Object.prototype.error = 666`,
  `Map.prototype.get = () => undefined`,
  `Map.prototype.set = () => { throw new Error("set") }`,
  `Set.prototype.delete = Set.prototype.add = () => { throw new Error("set") }`,
  `Uint8Array.prototype.set = Uint8Array.prototype.subarray = () => new Uint8Array(9)`,
  `Uint8Array.prototype.slice = () => new Uint8Array(64).fill(255)`,
  `DataView.prototype.setUint32 = DataView.prototype.getUint32 = () => 0xffffffff`,
  `TextEncoder.prototype.encode = TextEncoder.prototype.encodeInto = () => ({ read: 9, written: 9e9 })`,
  `TextDecoder.prototype.decode = () => "x"`,
  `globalThis.queueMicrotask = globalThis.setTimeout = () => 0`,
  `Function.prototype.call = Function.prototype.apply = () => 666`,
  `Object.defineProperty(Symbol.prototype, Symbol.toPrimitive, { value: () => "x" })`,
  `for (const name of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[name] } catch {}`,
  `Error.prepareStackTrace = () => { throw new Error("stack") }`,
  `Error.prototype.name = "ProtocolError"; Object.defineProperty(Error.prototype, "message", { get() { throw 1 } })`,
  `Deno.exit = () => { throw new Error("never") }`,
];

/** Uses a gateway until an answer is wrong, it fails, or all answers are right. */
async function use(gw: Gateway): Promise<void> {
  try {
    const channel = gw.remoteExec(`for await (const item of channel) await channel.send([item])`);
    await channel.send({ some: "item" });
    await channel.receive({ timeout: 500 });
    channel.close();
    await gw.call((n: number) => n + 1, 1);
  } catch (error) {
    assert(error instanceof ExecnetError, `not one of ours: ${error}`);
  }
}

test("after user code breaks a shared prototype, its gateway ends in time, and no other is affected", async () => {
  await using other = await quiet();
  await eachAtOnce(BREAKS, async (source) => {
    const gw = await quiet();
    const channel = gw.remoteExec(`${source};\nawait channel.send("done");`);
    const answers = use(gw); // this may hang until the gateway ends
    await channel.receive({ timeout: 500 }).catch(() => {});
    await inTime("the gateway's end", gw.terminate({ timeout: 500 }));
    await inTime("what waits on it", answers);
  });
  assertEquals(await other.call((n: number) => n + 1, 1), 2);
});

const REPORT = `
  const states = await gw.call(() =>
    ["read", "write", "net", "env", "run", "sys", "ffi", "import"]
      .map((name) => Deno.permissions.querySync({ name }).state));
  console.log(states.join(), gw.id);`;

/** Properties that careless code at the initiator may leave on every object. */
const POLLUTIONS: readonly string[] = [
  `for (const name of ["read", "write", "net", "env", "run", "sys", "ffi", "import"]) Object.prototype[name] = true;`,
  `Object.prototype["allow-all"] = Object.prototype.all = true;`,
  `Object.prototype.allow = { read: true };`,
  `Object.prototype.shell = "/bin/echo"; Object.prototype.uid = 1; Object.prototype.argv0 = "x";`,
  `Object.prototype.chdir = "/"; Object.prototype.deno = "/bin/false"; Object.prototype.nice = 5;`,
  `Object.assign(Object.prototype, JSON.parse('{ "id": "polluted", "popen": false }'));`,
];

test("a polluted Object.prototype.permissions is refused as the permissions of an execution", async () => {
  const { stdout, stderr } = await runScript(
    `Object.prototype.permissions = { read: true, run: true };
     await using gw = await execnet.makeGateway("popen");
     ${REPORT}`,
    ["--allow-run=/bin/sh", "--allow-env"],
  );
  assertEquals(stdout, "");
  assertEquals(stderr.includes("SpecError"), true, stderr);
});

for (const pollution of POLLUTIONS) {
  test(`after ${pollution}, an ungranted gateway is still ungranted`, async () => {
    const { stdout, stderr } = await runScript(
      `${pollution}
       await using gw = await execnet.makeGateway("popen");
       ${REPORT}`,
      ["--allow-run=/bin/sh", "--allow-env"],
    );
    assertEquals(stdout, `${Array(8).fill("prompt").join()} gw0\n`, stderr);
  });
}

for (const pollution of [...POLLUTIONS, `Object.prototype.permissions = { read: true };`]) {
  test(`after ${pollution}, a server without grants still grants nothing`, async () => {
    const { stdout, stderr } = await runScript(
      `import { serve } from "${new URL("../../serve.ts", import.meta.url)}";
       const token = crypto.randomUUID();
       const asked = { token, permissions: { read: ["/etc/hostname"] } };
       ${pollution}
       await using server = serve({ token, log() {} });
       const { hostname, port } = server.address;
       await execnet.makeGateway({ tcp: hostname + ":" + port, ...asked })
         .catch(({ message }: Error) => console.log(message));`,
      ["--allow-run=/bin/sh", "--allow-env", "--allow-net=127.0.0.1"],
    );
    assertStringIncludes(stdout, "what the server does not grant", stderr);
  });
}
