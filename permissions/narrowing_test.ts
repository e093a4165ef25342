import { assertEquals, assertThrows } from "@std/assert";
import { SpecError } from "../errors.ts";
import { narrow, type WantedPermissions } from "./narrowing.ts";
import { permissionFlags } from "./flags.ts";
import type { Permissions } from "./permissions.ts";
import { resolveSpec } from "../spec/spec.ts";

function grants(spec: string): Permissions {
  return resolveSpec(spec).permissions;
}

function narrowed(spec: string, wanted: WantedPermissions, cwd?: string): Permissions {
  return narrow(grants(spec), wanted, { granter: "gateway gw0", cwd });
}

const CONTAINED: readonly [spec: string, wanted: WantedPermissions, flags: string[]][] = [
  ["popen//allow-read=/data", {}, ["--allow-read=/data"]],
  ["popen//allow-read=/data", { permissions: {} }, []],
  ["popen//allow-read=/data", { permissions: { read: false, net: [] } }, []],
  ["popen//allow-read=/data", { permissions: { read: ["/data"] } }, ["--allow-read=/data"]],
  ["popen//allow-read=/data//allow-net", { permissions: { net: true } }, ["--allow-net"]],
  ["popen//allow-all", { permissions: { net: true } }, ["--allow-net"]],
  ["popen//allow-all", {}, ["--allow-all"]],
  ["popen//allow-all//deny-env", { permissions: { net: ["a"] } }, [
    "--allow-net=a",
    "--deny-env",
  ]],
  ["popen//allow-read=/data//deny-read=/data/keys", { permissions: { read: ["/data"] } }, [
    "--allow-read=/data",
    "--deny-read=/data/keys",
  ]],
  ["popen//allow-read//deny-read=/a", { permissions: { read: ["/b"] }, deny: { read: ["/b/c"] } }, [
    "--allow-read=/b",
    "--deny-read=/a,/b/c",
  ]],
  // For an equal entry Deno decides as it does in the gateway.
  ["popen//allow-read=/d/k/p,/d//deny-read=/d/k", { permissions: { read: ["/d/k/p"] } }, [
    "--allow-read=/d/k/p",
    "--deny-read=/d/k",
  ]],
  // A denial of the execution wins over a narrower grant, although Deno prefers the narrower entry.
  ["popen//allow-read=/d/k,/e", { deny: { read: ["/d"] } }, ["--allow-read=/e", "--deny-read=/d"]],
  ["popen//allow-net=a,b", { deny: { net: true } }, ["--deny-net"]],
  ["popen//allow-all", { deny: { net: true } }, ["--allow-all", "--deny-net"]],
];

for (const [spec, wanted, flags] of CONTAINED) {
  Deno.test(`narrow("${spec}", ${JSON.stringify(wanted)}) grants just that`, () => {
    const actual = permissionFlags(narrowed(spec, wanted)).flatMap((flag) => {
      const own = flag.replace(/,?\/dev\/fd\/[34]|none\.invalid/, "");
      return own.endsWith("=") || own === "--no-npm" ? [] : [own];
    });
    assertEquals(actual, flags);
  });
}

const REFUSED: readonly [spec: string, wanted: unknown, ...says: string[]][] = [
  ["popen", { permissions: { read: ["/x"] } }, "read=/x", "add allow-read=/x", "gateway gw0"],
  ["popen//allow-net=a", { permissions: { net: true } }, "all of net", "add allow-net to"],
  [
    "popen//allow-read=/data",
    { permissions: { read: ["/data", "/etc", "/data/../etc"], env: ["HOME"] } },
    "read=/etc (add allow-read=/etc to its spec); read=/data/../etc (add",
    "env=HOME",
  ],
  ["popen//allow-read//deny-read=/a", { permissions: { read: ["/a/b"] } }, "deny-read=/a in its"],
  ["popen//allow-read//deny-read", { permissions: { read: ["/a"] } }, "deny-read in its spec"],
  ["popen//allow-read//deny-read=/Keys", { permissions: { read: ["/keys/a"] } }, "deny-read=/Keys"],
  ["popen//allow-net//deny-net=a", { permissions: { net: ["a:443"] } }, "deny-net=a in its spec"],
  ["popen//allow-net//deny-net=10.1.2.3", { permissions: { net: ["10.0.0.0/8:443"] } }, "10.1.2.3"],
  ["popen//allow-net//deny-net=10.0.0.0/16", { permissions: { net: ["10.0.0.0/8"] } }, "/16"],
  ["popen//allow-env//deny-env=AWS_*", { permissions: { env: ["AWS_A"] } }, "deny-env=AWS_*"],
  ["popen//allow-run//deny-run=git", { permissions: { run: ["/usr/bin/git"] } }, "deny-run=git"],
  ["popen//allow-read=data", { permissions: { read: ["/data"] } }, "it is unclear whether", "data"],
  [
    "popen//allow-net=10.0.0.0/8:443",
    { deny: { net: ["10.1.2.3"] } },
    "unclear whether they overlap",
  ],
  ["popen", { permissions: { reed: true } }, "reed", "read"],
  ["popen//allow-all", { permissions: { read: ["/a,b"] } }, "comma"],
  ["popen//allow-all", { permissions: true }, "permissions", "object"],
  ["popen//allow-all", { deny: "net" }, "deny", "object"],
];

for (const [spec, wanted, ...says] of REFUSED) {
  Deno.test(`narrow("${spec}", ${JSON.stringify(wanted)}) is refused`, () => {
    const error = assertThrows(() => narrowed(spec, wanted as WantedPermissions), SpecError);
    for (const part of says) assertEquals(error.message.includes(part), true, error.message);
  });
}

Deno.test("narrow() relates relative and absolute paths if the working directory is known", () => {
  const wanted = { permissions: { read: ["in", "/data/out"] } };
  assertEquals(narrowed("popen//allow-read=/data", wanted, "/data").allow, {
    read: ["in", "/data/out"],
  });
  assertThrows(() => narrowed("popen//allow-read=/data", wanted), SpecError, "read=in");
});

Deno.test("narrow() grants nothing for a polluted Object.prototype", () => {
  const prototype = Object.prototype as Record<string, unknown>;
  prototype.read = true;
  try {
    const none = narrowed("popen", { permissions: {} });
    assertEquals(permissionFlags(none).filter((flag) => flag === "--allow-read"), []);
    assertThrows(() => narrowed("popen", { permissions: { read: true } }), SpecError);
  } finally {
    delete prototype.read;
  }
});
