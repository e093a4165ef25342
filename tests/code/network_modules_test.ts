/** Modules that a module of the network sends: its own are read here, others are imported there. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Gateway, Group, ModuleError, RemoteError } from "../../mod.ts";
import { typedTest } from "../support/needs.ts";

type Work = (gateway: Gateway, job: string) => Promise<unknown>;

const LIBRARY: Readonly<Record<string, string>> = {
  "/lib/mod.ts": `export const work = (gateway: any, job: string) =>
  gateway.remoteExec(new URL(job, import.meta.url), 3).receive();`,
  "/lib/job.ts": `import { twice } from "../twice.ts";
import data from "./data.json" with { type: "json" };
export default (channel: any, n: number) =>
  channel.send([twice(n), data, import.meta.url.split("/").at(-1), import.meta.filename]);`,
  "/twice.ts": "export const twice = (n: number): number => 2 * n;",
  "/lib/data.json": `{ "a": 1 }`,
  "/lib/fails.ts": `interface A {}
export default () => { throw new RangeError("there" satisfies string); };`,
};

/** Runs a test with a server of the library, under a name that Deno has not cached. */
async function withLibrary(run: (origin: string, root: string) => Promise<void>): Promise<void> {
  const root = `/${crypto.randomUUID()}`;
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(options, ({ url }) => {
    const path = new URL(url).pathname.slice(root.length);
    const type = path.endsWith(".json") ? "application/json" : "application/typescript";
    const text = LIBRARY[path];
    return new Response(text, {
      status: text === undefined ? 404 : 200,
      headers: { "content-type": type },
    });
  });
  try {
    const origin = `http://127.0.0.1:${server.addr.port}`;
    await run(origin, `${origin}${root}`);
  } finally {
    await server.shutdown();
  }
}

typedTest(
  "a library of the network sends a module of its own, which this process reads",
  () =>
    withLibrary(async (_, root) => {
      const { work }: { work: Work } = await import(`${root}/lib/mod.ts`);
      await using group = new Group();
      const gateway = await group.makeGateway(); // it may import nothing
      assertEquals(await work(gateway, "./job.ts"), [6, { a: 1 }, "job.ts", undefined]);
      const error = await assertRejects(() => work(gateway, "./fails.ts"), RemoteError, "there");
      assertMatch(error.remoteStack, /\/lib\/fails\.ts:2:30/);
      await assertRejects(() => work(gateway, "./missing.ts"), ModuleError, "/lib/missing.ts");
    }),
);

typedTest(
  "a module of the network that a file sends is imported by the gateway",
  () =>
    withLibrary(async (origin, root) => {
      await using group = new Group();
      const url = new URL(`${root}/lib/job.ts`);
      const mayNot = await group.makeGateway();
      await assertRejects(() => mayNot.remoteExec(url, 3).receive(), RemoteError, "allow-import");
      const may = await group.makeGateway({ popen: true, "allow-import": [new URL(origin).host] });
      assertEquals(await may.remoteExec(url, 3).receive(), [6, { a: 1 }, "job.ts", undefined]);
    }),
);
