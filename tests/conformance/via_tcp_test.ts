import { Group } from "../../mod.ts";
import { ServerProgram } from "../support/server/program.ts";
import { conformance } from "./suite.ts";

let server: ServerProgram;
let group: Group;
Deno.test.beforeAll(async () => {
  server = await ServerProgram.start();
  const { address } = await server.logged("listening");
  group = await Group.open([`popen//id=middle//allow-net=${address}`]);
});
Deno.test.afterAll(async () => {
  await group.terminate();
  await server[Symbol.asyncDispose]();
});

conformance("tcp via", async () => await group.makeGateway(await server.spec("via=middle")));
