import { assertEquals } from "@std/assert";
import { declare } from "./std_types.ts";

function declared(path: string, source: string): string[] {
  return declare(path, source).trimEnd().split("\n").slice(1);
}

Deno.test("declare() lets a function be called with any arguments", () => {
  assertEquals(declared("a/b.js", "export async function f(x, y) {"), [
    "export function f<A = any, B = any, C = any, D = any, E = any>(...args: any[]): any;",
  ]);
});

Deno.test("declare() keeps a stream a stream", () => {
  assertEquals(
    declared("a/b.js", "export class S extends TransformStream {")[0]
      ?.includes("extends TransformStream<any, any>"),
    true,
  );
});

Deno.test("declare() keeps the re-exports of a module", () => {
  assertEquals(
    declared("a/mod.js", `export * from "./b.js";\nexport { x, y as z };`),
    [
      "export const x: any;",
      "export const z: any;",
      `export * from "./b.js";`,
    ],
  );
});

Deno.test("declare() adds types that .js does not have", () => {
  assertEquals(declared("msgpack/encode.js", "").length, 2);
});
