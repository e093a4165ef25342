import { assertEquals } from "@std/assert";
import { deniedAdvice } from "./advice.ts";
import { resolveSpec } from "../spec/spec.ts";

function advice(spec: string, message: string, isExecution = false): string | undefined {
  const { permissions } = resolveSpec(spec);
  return deniedAdvice(
    message,
    "gw0",
    isExecution ? { ...permissions, isNarrowed: true } : permissions,
  );
}

/** A message as Deno words it. */
function requires(kind: string, to = ""): string {
  return `Requires ${kind} access${to && ` to ${to}`}, run again with the --allow-${kind} flag`;
}

const ADDED: readonly [message: string, key: string][] = [
  [requires("read", `"/etc/hosts"`), "allow-read=/etc/hosts"],
  [requires("read", `"a "quoted" name"`), `allow-read=a "quoted" name`],
  [requires("write", "<TMP>"), "allow-write"],
  [requires("net", `"example.com:443"`), "allow-net=example.com:443"],
  [requires("env", `"HOME"`), "allow-env=HOME"],
  [requires("env"), "allow-env"],
  [requires("run", `"git"`), "allow-run=git"],
  [requires("sys", `"hostname"`), "allow-sys=hostname"],
  [requires("ffi", `"/lib/x.so"`), "allow-ffi=/lib/x.so"],
  [requires("import", `"example.com:443"`), "allow-import=example.com:443"],
  [requires("all", `"/proc/self/environ"`), "allow-all"],
  [requires("read", `"/proc/self/status"`), "allow-all"],
  [requires("write", `"/dev/shm/x"`), "allow-all"],
  [requires("read", `"/dev/null"`), "allow-read=/dev/null"],
  [requires("read", `"/a,b"`), "allow-read"],
  [`JSR package failed to load. ${requires("import", `"jsr.io:443"`)}`, "allow-import=jsr.io:443"],
  ["npm specifiers were requested; but --no-npm is specified", "allow-import=registry.npmjs.org"],
];

for (const [message, key] of ADDED) {
  Deno.test(`deniedAdvice() says to add ${key} for: ${message}`, () => {
    assertEquals(advice("popen", message), `add ${key} to the spec of gateway gw0`);
  });
}

Deno.test("deniedAdvice() names each of two permissions", () => {
  assertEquals(
    advice("popen", "Deno.link() requires unscoped --allow-read and --allow-write permissions; …"),
    "add allow-read to the spec of gateway gw0; add allow-write to the spec of gateway gw0",
  );
});

Deno.test("deniedAdvice() writes an entry as an object if text cannot hold it", () => {
  assertEquals(
    advice("popen", requires("read", `"a//b"`)),
    `add read: ["a//b"] to permissions in the spec of gateway gw0`,
  );
  assertEquals(
    advice("popen", requires("env", `"HOME"`), true),
    `add env: ["HOME"] to the permissions of this execution`,
  );
  assertEquals(
    advice("popen", requires("env"), true),
    "add env: true to the permissions of this execution",
  );
});

const DENIED: readonly [spec: string, message: string, key: string | undefined][] = [
  ["popen//allow-read//deny-read=/etc", requires("read", `"/etc/hosts"`), "deny-read=/etc"],
  ["popen//allow-read//deny-read=/a,/etc", requires("read", `"/etc"`), "deny-read=/etc"],
  ["popen//deny-read", requires("read", `"/etc/hosts"`), "deny-read"],
  ["popen//allow-all//deny-env=PATH", requires("env", `"PATH"`), "deny-env=PATH"],
  ["popen//allow-env//deny-env=PATH", requires("env"), "deny-env=PATH"],
  ["popen//allow-write//deny-write=/a/b", requires("write", `"/a"`), "deny-write=/a/b"],
  [
    "popen//allow-net//deny-net=example.com",
    requires("net", `"example.com:80"`),
    "deny-net=example.com",
  ],
  ["popen//allow-net=a//deny-net=b", requires("net", `"c:80"`), undefined],
  ["popen//allow-env=A//deny-env=B", requires("env"), undefined],
];

for (const [spec, message, key] of DENIED) {
  Deno.test(`deniedAdvice() of "${spec}" names ${key ?? "no denial"} for: ${message}`, () => {
    const told = advice(spec, message);
    if (key === undefined) assertEquals(told?.startsWith("add allow-"), true, told);
    else assertEquals(told, `${key} of the spec of gateway gw0 stands against it`);
  });
}

Deno.test("deniedAdvice() returns undefined for any other message", () => {
  for (const message of ["", "no such table", "Requires luck", requires("nonsense", `"x"`)]) {
    assertEquals(advice("popen", message), undefined);
  }
});
