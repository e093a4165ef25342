/** Hostile values in specs: none becomes another flag, key or command. */
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { type GatewaySpec, LaunchError, SpecError } from "../../mod.ts";
import { permissionFlags } from "../../permissions/flags.ts";
import { resolveSpec } from "../../spec/spec.ts";
import { attempt, quiet } from "../support/attempts.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { testWith } from "../support/needs.ts";
import { runScript } from "../support/processes.ts";

const KINDS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;
const STATES = `return ${JSON.stringify(KINDS)}
  .map((name) => Deno.permissions.querySync({ name }).state).join()`;
const NOTHING = `returned ${KINDS.map(() => "prompt").join()}`;

const CRAFTED: readonly string[] = [
  "--allow-all",
  "-A",
  "--",
  "=",
  "=/",
  " /",
  "/none\n--allow-all",
  "/none --allow-all",
  "/none'; true '",
  "$(echo /)",
  "`echo /`",
  "*",
  "~",
];

test("an entry that looks like a flag is a path or a name", async () => {
  // In env, "*" matches all, and Deno refuses a name with "=".
  const names = CRAFTED.filter((name) => !/[*=]/.test(name));
  await using gw = await quiet({
    permissions: { read: CRAFTED, write: CRAFTED, ffi: CRAFTED, env: names, run: names },
  });
  assertEquals(await attempt(gw, STATES), NOTHING);
  assertMatch(await attempt(gw, `Deno.readTextFileSync("/etc/hosts")`), /NotCapable/);
  assertMatch(await attempt(gw, `new Deno.Command("/bin/true").outputSync()`), /NotCapable/);
});

for (const kind of ["net", "sys", "import"]) {
  test(`an entry of ${kind} that looks like a flag is a name, or the start fails`, async () => {
    for (const name of ["--allow-all", "=", "x --allow-all", "x\n--allow-all"]) {
      try {
        await using gw = await quiet({ permissions: { [kind]: [name] } });
        assertEquals(await attempt(gw, STATES), NOTHING, name);
      } catch (error) {
        if (!(error instanceof LaunchError)) throw error;
      }
    }
  });
}

Deno.test("commas, NULs and blanks do not make two entries of one, or none", () => {
  for (const entry of ["/a,/", ",", "", "/a\0/", "\0"]) {
    const given = { popen: true, permissions: { read: [entry] } };
    assertThrows(() => resolveSpec(given), SpecError, "read", JSON.stringify(entry));
  }
  // deno-lint-ignore no-sparse-arrays
  const sparse = { popen: true, permissions: { read: [, "/a"] } } as GatewaySpec;
  assertThrows(() => resolveSpec(sparse), SpecError, "read");
});

Deno.test("a key __proto__ of parsed JSON is not a permission", () => {
  for (
    const text of [
      `{ "popen": true, "permissions": { "__proto__": { "read": true } } }`,
      `{ "popen": true, "__proto__": { "permissions": { "read": true } } }`,
    ]
  ) {
    assertThrows(() => resolveSpec(JSON.parse(text)), SpecError, "__proto__");
  }
});

Deno.test("inherited properties of a spec grant nothing", () => {
  const inherited = Object.create({ "allow-all": true, permissions: { read: true } });
  const { permissions } = resolveSpec(Object.assign(inherited, { popen: true }));
  assertEquals(permissionFlags(permissions), permissionFlags(resolveSpec("popen").permissions));
  const granted = resolveSpec({ popen: true, permissions: Object.create({ read: true }) });
  assertEquals(permissionFlags(granted.permissions), permissionFlags(permissions));
});

test("the values of a spec are not interpreted by a shell", async () => {
  await using directory = await TemporaryDirectory.make();
  const evil = `$(touch ${directory.path}/made); touch ${directory.path}/made`;
  for (const spec of [{ deno: evil }, { chdir: evil }, { deno: "--help" }, { deno: "-c" }]) {
    await assertRejects(() => quiet(spec), LaunchError);
  }
  await using gw = await quiet({ id: evil, env: { EVIL: evil }, permissions: { env: ["EVIL"] } });
  assertEquals(await attempt(gw, `return Deno.env.get("EVIL")`), `returned ${evil}`);
  assertEquals([...Deno.readDirSync(directory.path)], []);
});

test("--allow-run=/bin/sh and --allow-env are exactly what a local gateway needs", async () => {
  const source = `
    try {
      await using gw = await execnet.makeGateway("popen//allow-env=HOME");
      console.log(await gw.call((n) => n + 1, 1));
    } catch (error) {
      console.log(error.name, error.message);
    }`;
  const both = await runScript(source, ["--allow-run=/bin/sh", "--allow-env"]);
  assertEquals([both.stdout, both.stderr], ["2\n", ""]);
  const noEnv = await runScript(source, ["--allow-run=/bin/sh"]);
  assertMatch(noEnv.stdout, /^LaunchError .*--allow-env/);
  const noRun = await runScript(source, ["--allow-env"]);
  assertMatch(noRun.stdout, /^LaunchError .*--allow-run=\/bin\/sh/);
  const otherRun = await runScript(source, ["--allow-run=/bin/true", "--allow-env"]);
  assertMatch(otherRun.stdout, /^LaunchError .*--allow-run=\/bin\/sh/);
});

testWith(
  ["linux"],
  "the process list shows what is granted, and no code, arguments or variables",
  async () => {
    await using gw = await quiet({
      env: { TOKEN: "of-the-spec" },
      permissions: { read: ["/granted"] },
    });
    const channel = gw.remoteExec(`await channel.receive(); /* of-the-code */`, "of-the-arguments");
    const shown = await Deno.readTextFile(`/proc/${gw.remote.pid}/cmdline`);
    assertMatch(shown, /--allow-read=\/granted/);
    assertEquals(/of-the-(spec|code|arguments)/.test(shown), false, shown);
    channel.close();
  },
);

test("a link in a granted directory may lead out of it, but remote code cannot make one", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  await Deno.symlink("/etc", `${path}/link`);
  await using gw = await quiet({ permissions: { read: [path], write: [path] } });
  for (
    const source of [
      `Deno.symlinkSync("/etc", "${path}/own")`,
      `(await import("node:fs")).symlinkSync("/etc", "${path}/own")`,
      `Deno.linkSync("/etc/hosts", "${path}/own")`,
      `Deno.renameSync("/etc/hosts", "${path}/own")`,
      `Deno.readTextFileSync("${path}/../../../../etc/hosts")`,
      `Deno.readTextFileSync("${path}/link/../../etc/hosts")`,
    ]
  ) {
    assertMatch(await attempt(gw, source), /^NotCapable|Requires/, source);
  }
  // Deno judges a path by its text, not by what it links to.
  assertMatch(await attempt(gw, `return Deno.readTextFileSync("${path}/link/hosts")`), /^returned/);
});

test("if a grant and a denial both match, the narrower one applies", async () => {
  await using gw = await quiet({
    permissions: { read: ["/etc", "/etc/ssl/certs"] },
    deny: { read: ["/etc/ssl"] },
  });
  const state = (path: string) =>
    attempt(gw, `return Deno.permissions.querySync({ name: "read", path: "${path}" }).state`);
  assertEquals(await state("/etc/hosts"), "returned granted");
  assertEquals(await state("/etc/ssl/private"), "returned denied");
  assertEquals(await state("/etc/ssl/certs"), "returned granted");
});
