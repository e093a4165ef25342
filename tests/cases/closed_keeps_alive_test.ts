import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  const gw = await makeGateway();
  gw.closed.then(({ reason }) => console.log("ended:", reason));
  console.log(await gw.call((text: string) => text.toUpperCase(), "done"));
`;

Deno.test("a script that watches its gateways ends with its last line, and sees their end", async () => {
  const { code, stdout } = await runCase(PROGRAM, {}, 15_000);
  assertEquals([code, stdout], [0, "DONE\nended: exit\n"]);
});
