import { Group } from "../../mod.ts";
import { ServerProgram } from "../support/server/program.ts";
import { conformance } from "./suite.ts";

for (const tls of [false, true]) {
  let server: ServerProgram;
  Deno.test.beforeAll(async () => {
    server = await ServerProgram.start({ tls });
  });
  Deno.test.afterAll(() => server[Symbol.asyncDispose]());

  conformance(
    tls ? "tcp+TLS" : "tcp",
    async () => await new Group().makeGateway(await server.spec()),
  );
}
