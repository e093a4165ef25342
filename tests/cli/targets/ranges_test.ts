import { assertEquals, assertThrows } from "@std/assert";
import { expandRanges, foldNames } from "../../../cli/targets/ranges.ts";
import { UsageError } from "../../../cli/usage.ts";

Deno.test("a range stands for its names, as wide as its first number", () => {
  assertEquals(expandRanges("web[08-10,2]"), ["web08", "web09", "web10", "web2"]);
  assertEquals(expandRanges("r[1-2]n[1-2].x"), ["r1n1.x", "r1n2.x", "r2n1.x", "r2n2.x"]);
  assertEquals(expandRanges("[::1]:80"), ["[::1]:80"]);
  assertThrows(() => expandRanges("web[3-1]"), UsageError, "backwards");
  assertThrows(() => expandRanges("web[1-99999999]"), UsageError, "more than");
});

Deno.test("names are folded to ranges that stand for the same names", () => {
  for (
    const [names, folded] of [
      [["web01", "web02", "web03", "web05"], "web[01-03,05]"],
      [["gw8", "gw9", "gw10"], "gw[8-10]"],
      [["web09", "web10", "web11"], "web[09-11]"],
      [["gw1"], "gw1"],
      [["a1.x.org", "a2.x.org", "db"], "a[1-2].x.org,db"],
      [["10.0.0.1", "10.0.0.2"], "10.0.0.[1-2]"],
      [["w1", "w01", "w02"], "w1,w[01-02]"],
    ] as const
  ) {
    assertEquals(foldNames(names), folded);
    const parts = folded.split(/,(?![^[]*\])/).flatMap(expandRanges);
    assertEquals(parts.sort(), [...names].sort());
  }
});
