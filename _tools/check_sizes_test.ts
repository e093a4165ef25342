import { assertEquals } from "@std/assert";
import { findOversized } from "./check_sizes.ts";

/** Ten rooms of 260 lines each. */
const EVEN = Array.from({ length: 10 }, (_, n) => [`room${n}/file.ts`, 260] as const);

Deno.test("findOversized() accepts files and rooms up to their bounds", () => {
  assertEquals(findOversized(new Map(EVEN)), []);
});

Deno.test("findOversized() names a file that is too long", () => {
  assertEquals(findOversized(new Map([...EVEN, ["mod.ts", 261]])), [
    "mod.ts has 261 lines: split it by subject, 260 is the most",
  ]);
});

Deno.test("findOversized() names a room that holds a fifth of all", () => {
  const more = [["room0/x/more.ts", 260], ["room0/last.ts", 130]] as const;
  assertEquals(findOversized(new Map([...EVEN, ...more])), [
    "room0/ holds 22 % of all lines: split it by question, below 20 %",
  ]);
});
