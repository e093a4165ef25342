import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

/** Each mistake stands in a function of its own name. */
const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  await using gw = await makeGateway({ popen: true, output: "null" });
  const mistakes = {
    async endOfStream() {
      const channel = gw.remoteExec("await channel.send(1)");
      while (true) await channel.receive();
    },
    async tooLate() { await gw.remoteExec("await channel.receive()").receive({ timeout: 10 }); },
    async item() { await gw.newChannel().send({ when: [{ it: new (class Job {})() }] }); },
    args() { gw.remoteExec("1", [new WeakMap()]); },
    async loop() { for await (const _ of gw.remoteExec("nothing.here")); },
    async result() { await gw.call(() => (() => 1) as unknown); },
    async crash() { await gw.call(() => Deno.exit(3)); },
    async gone() { await gw.remoteStatus(); },
  };
  for (const [name, mistake] of Object.entries(mistakes)) {
    try {
      await mistake();
    } catch (error) {
      const frames = error.stack.split("\\n").filter((line) => /^ +at /.test(line));
      const own = frames.findIndex((frame) => frame.includes("case.ts"));
      console.log(name, error.name, own === 0 && frames[0].includes(name));
    }
  }
`;

Deno.test("each error of this package names the user's function that called, first", async () => {
  const { stdout } = await runCase(PROGRAM);
  assertEquals(stdout.trim().split("\n"), [
    "endOfStream ChannelClosedError true",
    "tooLate TimeoutError true",
    "item SerializationError true",
    "args SerializationError true",
    "loop ReferenceError true", // the lines of the far side follow
    "result SerializationError true",
    "crash GatewayClosedError true",
    "gone GatewayClosedError true",
  ]);
});
