import { assertEquals } from "@std/assert";
import { below, childOf, isName, placeOf, rootOf, splitPath } from "./path.ts";

Deno.test("isName takes what stays within its directory, and nothing else", () => {
  for (const name of ["a", "...", "-rf", " ", "a\nb", "a\\b", "c:"]) {
    assertEquals(isName(name), true);
  }
  for (const name of ["", ".", "..", "/", "a/b", "/etc", "a\0", 7, undefined]) {
    assertEquals(isName(name), false);
  }
});

Deno.test("paths are joined and split at slashes", () => {
  assertEquals([childOf("", "a"), childOf("a/b", "c")], ["a", "a/b/c"]);
  assertEquals([splitPath("a"), splitPath("a/b/c")], [["", "a"], ["a/b", "c"]]);
  assertEquals([below("/", "a"), below("/r", "a/b"), below("r", "")], ["/a", "/r/a/b", "r"]);
  assertEquals([rootOf("/"), rootOf("a//"), rootOf("///")], ["/", "a", "/"]);
  assertEquals([placeOf("f"), placeOf("/f"), placeOf("a/f/")], [[".", "f"], ["/", "f"], [
    "a",
    "f",
  ]]);
});
