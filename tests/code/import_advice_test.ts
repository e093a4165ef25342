/** The advice about imports that remote code cannot resolve. */
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
  test(`the error of a relative import in ${what} says that it needs a module`, async () => {
    await using group = new Group();
    const gateway = await group.makeGateway("popen//allow-all");
    await assertRejects(
      () => run(gateway),
      RemoteError,
      `relative imports need a module, as in remoteExec(new URL("./x.ts", import.meta.url))`,
    );
  });
}

test("the error of an import of a bare name says which names work", async () => {
  await using group = new Group();
  const gateway = await group.makeGateway();
  await assertRejects(
    () => gateway.remoteExec(`import _ from "lodash"; _();`).receive(),
    RemoteError,
    "write npm:, jsr: or node: in front",
  );
});

test("the error of an export in source text says that it needs a module", async () => {
  await using group = new Group();
  const gateway = await group.makeGateway();
  await assertRejects(
    () => gateway.remoteExec(`export default (n) => n;`).receive(),
    RemoteError,
    "exports nothing: send a module",
  );
});
