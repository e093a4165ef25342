/** Variables of the initiator's environment that would change what a gateway may do or runs. */
import { assertEquals } from "@std/assert";
import { attempt, quiet } from "../support/attempts.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

/** Sets variables of this process until it is disposed. */
class Variables implements Disposable {
  readonly #before: Record<string, string | undefined>;

  constructor(variables: Record<string, string>) {
    this.#before = Object.fromEntries(
      Object.keys(variables).map((name) => [name, Deno.env.get(name)]),
    );
    for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  }

  [Symbol.dispose](): void {
    for (const [name, value] of Object.entries(this.#before)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

const SEEN = `return Object.keys(Deno.env.toObject()).filter((name) => args.includes(name)).join()`;

test("a gateway's grants and code do not depend on variables of the initiator", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  const changing = {
    DENO_PERMISSION_BROKER_PATH: `${path}/broker`,
    DENO_AUDIT_PERMISSIONS: `${path}/audit`,
    DENO_COVERAGE_DIR: `${path}/coverage`,
    DENO_UNSTABLE_SLOPPY_IMPORTS: "1",
    DENO_UNSTABLE_CONTROL_SOCK: `unix:${path}/control`,
    DENO_AUTO_SERVE: "1",
    DENO_OF_A_LATER_RELEASE: "1",
    NODE_OPTIONS: "--inspect",
    NODE_UNIQUE_ID: "1",
    COMPLETE: "bash",
  };
  using _ = new Variables({ ...changing, HARMLESS: "1", DENO_NO_UPDATE_CHECK: "1" });
  const names = [...Object.keys(changing), "HARMLESS", "DENO_NO_UPDATE_CHECK"];
  await using gw = await quiet({ permissions: { env: true } });
  const seen = await attempt(gw, SEEN, names);
  assertEquals(seen.split(/[ ,]/).sort(), ["DENO_NO_UPDATE_CHECK", "HARMLESS", "returned"]);
  const isolated = gw.remoteExec(`await channel.send((() => { ${SEEN} })())`, names, {
    isolate: true,
  });
  assertEquals(String(await isolated.receive()).includes("NODE_OPTIONS"), false);
  await gw.terminate();
  assertEquals([...Deno.readDirSync(path)], []);
});

test("a spec may set what is not inherited", async () => {
  using _ = new Variables({ NODE_OPTIONS: "--inspect" });
  const env = { NODE_OPTIONS: "--no-warnings", DENO_UNSTABLE_SLOPPY_IMPORTS: "0" };
  await using gw = await quiet({ env, permissions: { env: true } });
  const read = `return JSON.stringify(args.map((name) => Deno.env.get(name)))`;
  assertEquals(
    await attempt(gw, read, Object.keys(env)),
    `returned ${JSON.stringify(Object.values(env))}`,
  );
});
