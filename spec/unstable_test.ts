import { assertEquals, assertThrows } from "@std/assert";
import { LaunchError, SpecError } from "../errors.ts";
import { scratch } from "../tests/support/files.ts";
import { type GatewaySpec, resolveSpec } from "./spec.ts";
import { findUnstable } from "./unstable.ts";

/** The features of modules in a folder of files. */
async function found(files: Record<string, string>, folder: string): Promise<readonly string[]> {
  await using dir = await scratch(files);
  return findUnstable(`${decodeURIComponent(dir.url("").pathname)}${folder}`);
}

Deno.test("features are those of the nearest deno.json", async () => {
  const files = {
    "deno.json": `{ "unstable": ["kv"] }`,
    "a/deno.jsonc": `{ /* of a */ "unstable": ["cron", "net"], }`,
    "b/deno.json": "{}",
    "c/x/file.ts": "",
  };
  assertEquals(await found(files, "a/"), ["cron", "net"]);
  assertEquals(await found(files, "b/"), []);
  assertEquals(await found(files, "c/x/"), ["kv"]);
});

Deno.test("features of a member of a workspace are those of its root", async () => {
  const files = {
    "deno.json": `{ "workspace": ["./member"], "unstable": ["kv"] }`,
    "member/deno.json": "{}",
  };
  assertEquals(await found(files, "member/"), ["kv"]);
});

Deno.test("what is no feature in a deno.json is left out", async () => {
  assertEquals(await found({ "deno.json": `{ "unstable": ["kv", 1, "a b"] }` }, ""), ["kv"]);
  assertEquals(await found({ "deno.json": `{ "unstable": true }` }, ""), []);
});

Deno.test("a deno.json that Deno skips as it is a folder gives no features", async () => {
  assertEquals(await found({ "deno.json/file": "", "deno.jsonc": `{ "unstable": ["kv"] }` }, ""), [
    "kv",
  ]);
});

Deno.test("a deno.json that Deno cannot read either is named, with what to do", async () => {
  await using dir = await scratch();
  const folder = decodeURIComponent(dir.url("").pathname);
  Deno.symlinkSync("deno.json", `${folder}deno.json`); // to itself
  assertThrows(() => findUnstable(folder), LaunchError, "deno.json: ");
  assertThrows(() => findUnstable(folder), LaunchError, `name the features in the spec`);
});

Deno.test("unstable is a list, as text and in an object", () => {
  const unstable = (spec: string | GatewaySpec) => resolveSpec(spec).unstable;
  assertEquals(unstable("popen//unstable=kv,worker-options"), ["kv", "worker-options"]);
  assertEquals(unstable({ popen: true, unstable: ["kv"] }), ["kv"]);
  assertEquals(unstable({ popen: true, unstable: "kv,cron" }), ["kv", "cron"]);
  assertEquals(unstable({ popen: true, unstable: [] }), undefined);
  const wrong = ["kv, cron", "kv --allow-all", "-kv", "", "KV", true, 1, ["kv", 1], {}];
  for (const value of wrong) {
    const spec = { popen: true, unstable: value } as GatewaySpec;
    assertThrows(() => resolveSpec(spec), SpecError, "unstable");
  }
  assertThrows(() => resolveSpec("popen//unstable"), SpecError, "unstable");
});
