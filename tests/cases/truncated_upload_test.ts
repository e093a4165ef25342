import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

/** An upload that writes to `args` and renames once the stream has ended. */
const PROGRAM = (cut: string) => `
  import { makeGateway } from "@x/execnet";
  const dir = Deno.cwd();
  const gw = await makeGateway({ popen: true, permissions: { read: [dir], write: [dir] }, output: "null" });
  const channel = gw.remoteExec(async (channel: any, dir: string) => {
    const file = await Deno.open(dir + "/part", { write: true, create: true });
    for await (const chunk of channel) await file.write(chunk);
    file.close();
    await Deno.rename(dir + "/part", dir + "/whole");
  }, dir, { isolate: ISOLATE });
  for (let n = 0; n < 4; n++) await channel.send(new Uint8Array(1000));
  await gw.remoteStatus();
  ${cut}
  await gw.closed;
  console.log(await Deno.stat(dir + "/whole").then(({ size }) => size, () => "not there"));
`;

for (const isolate of [false, true]) {
  for (
    const [cut, seen] of [
      [`gw.exit();`, "not there"],
      [`await gw.terminate();`, "not there"],
      [`await gw[Symbol.asyncDispose]();`, "not there"],
      [`channel.close(); await channel.waitClose(); gw.exit();`, "not there"],
      [`channel.closeSend(); await channel.waitClose(); gw.exit();`, "4000"],
    ]
  ) {
    Deno.test(`an upload is ${seen} after ${cut} (isolate: ${isolate})`, async () => {
      const { stdout } = await runCase(PROGRAM(cut).replace("ISOLATE", `${isolate}`));
      assertEquals(stdout.trim(), seen);
    });
  }
}
