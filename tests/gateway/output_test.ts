import { assertEquals, assertMatch } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Gateway, Group } from "../../mod.ts";
import { Lines } from "../support/lines.ts";
import { runScript } from "../support/processes.ts";
import { test } from "../support/bounded.ts";

const LAUNCH = ["--allow-run", "--allow-env"];

function gatewayWith(lines: Lines, more = {}): Promise<Gateway> {
  return new Group().makeGateway({ popen: true, output: lines.take, ...more });
}

test("each line of output is passed to the callback, with its stream and gateway", async () => {
  const ids: string[] = [];
  const lines = new Lines();
  const gw = await new Group().makeGateway({
    popen: true,
    id: "printer",
    output(line: string, stream: "stdout" | "stderr", gateway: Gateway) {
      ids.push(gateway.spec.id ?? "");
      lines.take(line, stream, gateway);
    },
  });
  await gw.call(() => {
    console.log("one\ntwo");
    console.error("three");
  });
  await gw.terminate();
  assertEquals(lines.all.toSorted(), ["stderr: three", "stdout: one", "stdout: two"]);
  assertEquals(ids, ["printer", "printer", "printer"]);
});

test("output arrives while the execution runs", async () => {
  const lines = new Lines();
  await using gw = await gatewayWith(lines);
  const channel = gw.remoteExec(`console.log("begun"); await channel.receive();`);
  await lines.has("stdout: begun");
  await channel.send(1);
  await channel.waitClose();
});

test("a last line without a line end is not lost", async () => {
  const lines = new Lines();
  const gw = await gatewayWith(lines);
  await gw.call(() => {
    const encoder = new TextEncoder();
    Deno.stdout.writeSync(encoder.encode("whole\npart"));
    Deno.stderr.writeSync(encoder.encode("half"));
  });
  await gw.terminate();
  assertEquals(lines.all.toSorted(), ["stderr: half", "stdout: part", "stdout: whole"]);
});

test("output just before the end of the process is not lost", async () => {
  const lines = new Lines();
  const gw = await gatewayWith(lines);
  gw.remoteExec(`
    for (let i = 0; i < 1000; i++) console.log("line", i);
    Deno.exit(0);
  `);
  await gw.closed;
  assertEquals(lines.all, Array.from({ length: 1000 }, (_, i) => `stdout: line ${i}`));
});

test("long lines and bytes that are not UTF-8 arrive", async () => {
  const lines = new Lines();
  const gw = await gatewayWith(lines);
  await gw.call(() => {
    console.log("x".repeat(50_000));
    console.log("ä€🦕");
    Deno.stdout.writeSync(Uint8Array.of(0x61, 0xff, 0x62, 0x0a));
  });
  await gw.terminate();
  assertEquals(lines.all, [
    `stdout: ${"x".repeat(50_000)}`,
    "stdout: ä€🦕",
    "stdout: a\uFFFDb",
  ]);
});

test("an endless line is broken into several, and all of it arrives", async () => {
  const lines = new Lines();
  const gw = await gatewayWith(lines);
  await gw.call(() => {
    const block = new TextEncoder().encode("y".repeat(100_000));
    for (let i = 0; i < 20; i++) {
      for (let at = 0; at < block.length;) at += Deno.stdout.writeSync(block.subarray(at));
    }
  });
  await gw.terminate();
  const texts = lines.all.map((line) => line.slice("stdout: ".length));
  assertEquals(texts.join("").length, 2_000_000);
  assert(texts.every((text) => text.length < 300_000));
});

test("what user code writes to fds 0 to 2 cannot harm the protocol", async () => {
  const lines = new Lines();
  await using gw = await gatewayWith(lines);
  const channel = gw.remoteExec(`
    const noise = new Uint8Array([0, 255, 101, 120, 101, 99, 1, 0, 0, 0, 1, 10]);
    for (const stream of [Deno.stdout, Deno.stderr]) stream.writeSync(noise);
    const read = Deno.stdin.readSync(new Uint8Array(10));
    await channel.send([read, (await channel.receive()) * 6]);
    Deno.stdout.close();
    Deno.stderr.close();
    Deno.stdin.close();
    await channel.send((await channel.receive()) * 6);
  `);
  await channel.send(3);
  assertEquals(await channel.receive(), [null, 18]);
  await channel.send(7);
  assertEquals(await channel.receive(), 42);
});

test("an output callback that throws harms neither its gateway nor this process", async () => {
  const { code, stdout, stderr } = await runScript(
    `await using gw = await execnet.makeGateway({
       popen: true,
       output() { throw new Error("no such log"); },
     });
     console.log(await gw.call(() => {
       for (let i = 0; i < 20_000; i++) console.log("line", i, "x".repeat(100));
       return "printed";
     }));`,
    LAUNCH,
  );
  assertEquals([code, stdout], [0, "printed\n"]);
  assertMatch(stderr, /no such log/);
});

test("by default each line is printed on stderr as [id] line", async () => {
  const { code, stdout, stderr } = await runScript(
    `await using gw = await execnet.makeGateway("popen//id=talker");
     await gw.call(() => { console.log("to stdout"); console.error("to stderr"); });`,
    LAUNCH,
  );
  assertEquals([code, stdout], [0, ""]);
  assertEquals(stderr.trim().split("\n").toSorted(), ["[talker] to stderr", "[talker] to stdout"]);
});

test("output that is shown keeps colours, and its other control characters are escaped", async () => {
  const { stderr } = await runScript(
    `await using gw = await execnet.makeGateway();
     await gw.call(() => console.log("\\x1b[31mred\\x1b[0m\\t\\x1b[2J\\r[gw9] \\u009b1A\\u202egnp"));`,
    LAUNCH,
  );
  assertEquals(
    stderr,
    "[gw0] \x1b[31mred\x1b[0m\t\\u001b[2J\\u000d[gw9] \\u009b1A\\u202egnp\n",
  );
});

test(`output: "null" shows nothing, and errors still have the last lines`, async () => {
  const { stdout, stderr } = await runScript(
    `const gw = await execnet.makeGateway({ popen: true, output: "null" });
     gw.remoteExec(\`console.log("out"); console.error("the reason"); Deno.exit(4);\`);
     console.log((await gw.closed).stderrTail.join());`,
    LAUNCH,
  );
  assertEquals([stdout, stderr], ["the reason\n", ""]);
});

test("an error that nobody received is shown when its gateway ends", async () => {
  const { stderr } = await runScript(
    `await using gw = await execnet.makeGateway();
     gw.remoteExec(\`throw new RangeError("unseen")\`, undefined, { name: "job" });
     await gw.remoteStatus();`,
    LAUNCH,
  );
  assertMatch(stderr, /\[gw0\] .*job.*\n?.*RangeError: unseen/);
});

test("an error that another execution received over a shared channel is not shown", async () => {
  const { stdout, stderr } = await runScript(
    `const group = await execnet.Group.open(["popen", "popen"]);
     const failing = group.get(0).remoteExec(\`throw new RangeError("told")\`);
     const told = group.get(1).remoteExec(
       \`await args.receive().catch((error) => channel.send(error.message))\`,
       failing,
     );
     console.log(await told.receive());
     await group.terminate();`,
    LAUNCH,
  );
  assertEquals([stdout, stderr], ["told\n", ""]);
});
