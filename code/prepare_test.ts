import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ImpureFunctionError } from "../errors.ts";
import { callOf } from "./call.ts";
import { codeOf } from "./prepare.ts";

function prepare(given: Parameters<typeof codeOf>[0], name?: string) {
  return codeOf(given, name, prepare);
}

Deno.test("codeOf() names code by what it is, unless it is given a name", () => {
  const kindAndName = (...given: Parameters<typeof prepare>) => {
    const { kind, name } = prepare(...given);
    return [kind, name];
  };
  const imported = new URL("https://host/dir/job.ts?v=1");
  assertEquals(kindAndName("1 + 1"), ["source", "remoteExec"]);
  assertEquals(kindAndName(imported), ["module", "job.ts"]);
  assertEquals(kindAndName(new URL("npm:semver@7")), ["module", "semver@7"]);
  assertEquals(kindAndName(new URL("data:text/javascript,1")), ["module", "data:"]);
  assertEquals(kindAndName(function double() {}), ["function", "double"]);
  assertEquals(kindAndName(() => {}), ["function", "remoteExec"]);
  assertEquals(kindAndName("1 + 1", "job"), ["source", "job"]);
  assertEquals(kindAndName(imported, "job"), ["module", "job"]);
  assertEquals(kindAndName(function double() {}, "job"), ["function", "job"]);
});

Deno.test("codeOf() refuses an address as source text: it would do nothing", () => {
  for (const text of ["./job.ts", " https://host/x.ts\n", "jsr:@std/path", "dir/job.mjs"]) {
    assertThrows(() => prepare(text), TypeError, 'new URL("./job.ts", import.meta.url)');
  }
  assertEquals(prepare("label: for (;;) break label;").kind, "source");
});

Deno.test("codeOf() refuses what is no code, and impure functions", () => {
  const outside = 1;
  assertThrows(() => prepare(() => outside), ImpureFunctionError, "outside");
  const given = { code: "1" } as unknown as string;
  assertThrows(() => prepare(given), TypeError, "source text, a function, or the URL of a module");
});

Deno.test("callOf() has the stack of the caller, without the method and what it calls", () => {
  const call = (): { stack?: string } => callOf(call);
  function user() {
    return call();
  }
  assertMatch(user().stack ?? "", /^.*\n\s+at user \(.*prepare_test\.ts:\d+:\d+\)/);
  assertMatch(prepare("1").from?.stack ?? "", /^.*\n\s+at .*prepare_test\.ts:\d+:\d+/);
});
