import { assertEquals } from "@std/assert";
import { C_LIBRARIES } from "../protocol/constants.ts";
import { permissionFlags } from "./flags.ts";
import { resolveSpec } from "../spec/spec.ts";

const READ = "--allow-read=/dev/fd/3";
const WRITE = "--allow-write=/dev/fd/4";
const IMPORT = "--allow-import=none.invalid";
const NO_NPM = "--no-npm";
/** The C library, by which the loader keeps its descriptors from processes that user code starts. */
const LIBRARIES = C_LIBRARIES.join(",");
const ALL_FILES = (kind: string, fd: number) =>
  `--allow-${kind}=/,/dev/null,/dev/random,/dev/urandom,/dev/zero,/dev/fd/${fd}`;
const NO_SYSTEM = (kind: string) => `--deny-${kind}=/dev,/proc,/sys`;

const FLAGS: readonly [spec: string, flags: string[]][] = [
  ["popen", [READ, WRITE, IMPORT, NO_NPM]],
  ["popen//allow-all", ["--allow-all"]],
  ["popen//allow-all//deny-net=a", ["--allow-all", "--deny-net=a"]],
  ["popen//allow-all//deny-import", ["--allow-all", "--deny-import", NO_NPM]],
  ["popen//allow-read", [ALL_FILES("read", 3), WRITE, IMPORT, NO_SYSTEM("read"), NO_NPM]],
  ["popen//allow-write", [READ, ALL_FILES("write", 4), IMPORT, NO_SYSTEM("write"), NO_NPM]],
  ["popen//allow-read//allow-write", ["--allow-read", "--allow-write", IMPORT, NO_NPM]],
  ["popen//allow-read//allow-write//deny-write=/a", [
    ALL_FILES("read", 3),
    ALL_FILES("write", 4),
    IMPORT,
    NO_SYSTEM("read"),
    "--deny-write=/a,/dev,/proc,/sys",
    NO_NPM,
  ]],
  ["popen//allow-read=/proc/self,/a,/dev/null", [
    "--allow-read=/a,/dev/null,/dev/fd/3",
    WRITE,
    IMPORT,
    NO_NPM,
  ]],
  ["popen//allow-read=/dev,/proc", [
    "--allow-read=/dev/null,/dev/random,/dev/urandom,/dev/zero,/dev/fd/3",
    WRITE,
    IMPORT,
    NO_NPM,
  ]],
  ["popen//allow-read=/a/..,/proc/pressure,/b,/c/d//deny-read=/dev,/c", [
    "--allow-read=/,/c/d,/dev/fd/3",
    WRITE,
    IMPORT,
    "--deny-read=/dev,/c,/proc,/sys",
    NO_NPM,
  ]],
  ["popen//allow-read=.//deny-read=keys", [
    "--allow-read=.,/dev/fd/3",
    WRITE,
    IMPORT,
    "--deny-read=keys,/proc,/sys",
    NO_NPM,
  ]],
  ["popen//allow-read//deny-read", [
    "--allow-read=/,/dev/fd/3",
    WRITE,
    IMPORT,
    "--deny-read",
    NO_NPM,
  ]],
  ["popen//allow-read=/a,/b", ["--allow-read=/a,/b,/dev/fd/3", WRITE, IMPORT, NO_NPM]],
  ["popen//allow-write=/a", [READ, "--allow-write=/a,/dev/fd/4", IMPORT, NO_NPM]],
  ["popen//allow-import", [READ, WRITE, "--allow-import"]],
  ["popen//allow-import=a:443", [READ, WRITE, "--allow-import=a:443", NO_NPM]],
  ["popen//allow-import=registry.npmjs.org", [
    READ,
    WRITE,
    "--allow-import=registry.npmjs.org",
  ]],
  ["popen//allow-import//deny-import=registry.npmjs.org:443", [
    READ,
    WRITE,
    "--allow-import",
    "--deny-import=registry.npmjs.org:443",
    NO_NPM,
  ]],
  ["popen//allow-net//allow-env=A,B", [
    READ,
    WRITE,
    "--allow-net",
    "--allow-env=A,B",
    IMPORT,
    NO_NPM,
  ]],
  ["popen//allow-run=/bin/true//allow-sys//allow-ffi", [
    READ,
    WRITE,
    "--allow-run=/bin/true",
    "--allow-sys",
    "--allow-ffi",
    IMPORT,
    NO_NPM,
  ]],
  ["popen//allow-run=/bin/true", [
    READ,
    WRITE,
    "--allow-run=/bin/true",
    `--allow-ffi=${LIBRARIES}`,
    IMPORT,
    NO_NPM,
  ]],
  ["popen//allow-ffi=/a.so", [READ, WRITE, `--allow-ffi=/a.so,${LIBRARIES}`, IMPORT, NO_NPM]],
  [`popen//allow-ffi=${C_LIBRARIES[0]}`, [
    READ,
    WRITE,
    `--allow-ffi=${C_LIBRARIES[0]}`,
    IMPORT,
    NO_NPM,
  ]],
  ["popen//deny-read=/a//deny-env", [READ, WRITE, IMPORT, "--deny-read=/a", "--deny-env", NO_NPM]],
];

for (const [spec, flags] of FLAGS) {
  Deno.test(`permissionFlags() of "${spec}" are no more than it grants`, () => {
    assertEquals(permissionFlags(resolveSpec(spec).permissions), flags);
  });
}

Deno.test("permissionFlags() treats false and an empty list as no grant", () => {
  const { permissions } = resolveSpec({
    popen: true,
    permissions: { read: false, net: [], env: false, import: [] },
    deny: { run: false, sys: [] },
  });
  assertEquals(permissionFlags(permissions), [READ, WRITE, IMPORT, NO_NPM]);
});
