/** What is said about imports that cannot be resolved where code has been sent. */
import { assertRejects } from "@std/assert";
import { type Gateway, Group, RemoteError } from "../../mod.ts";
import { test } from "../support/bounded.ts";

const RELATIVE: [what: string, (gateway: Gateway) => Promise<unknown>][] = [
  ["source", (gw) => gw.remoteExec(`import x from "./x.ts"; x();`).receive()],
  ["source, dynamically", (gw) => gw.remoteExec(`await import("../x.ts");`).receive()],
  ["source, by an absolute path", (gw) => gw.remoteExec(`import "/x.ts";`).receive()],
  ["a function", (gw) => gw.call(async () => await import("./" + "x.ts"))],
  [
    "an isolated execution",
    (gw) => gw.remoteExec(`import "./x.ts";`, undefined, { isolate: true }).receive(),
  ],
];

for (const [what, run] of RELATIVE) {
  test(`a relative import in ${what} is told that it needs a module`, async () => {
    await using group = new Group();
    const gateway = await group.makeGateway("popen//allow-all");
    await assertRejects(
      () => run(gateway),
      RemoteError,
      `relative imports need a module, as in remoteExec(new URL("./x.ts", import.meta.url))`,
    );
  });
}

test("an import of a bare name is told what it may be", async () => {
  await using group = new Group();
  const gateway = await group.makeGateway();
  await assertRejects(
    () => gateway.remoteExec(`import _ from "lodash"; _();`).receive(),
    RemoteError,
    "write npm:, jsr: or node: in front",
  );
});

test("an export in source text is told that it needs a module", async () => {
  await using group = new Group();
  const gateway = await group.makeGateway();
  await assertRejects(
    () => gateway.remoteExec(`export default (n) => n;`).receive(),
    RemoteError,
    "exports nothing: send a module",
  );
});
