import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { readMapArgs, readMapBatch } from "./map_request.ts";

Deno.test("readMapArgs() accepts the argument of the function, and how to work", () => {
  assertEquals(readMapArgs([7, { lanes: [] }]), [7, { lanes: [], timeout: undefined }]);
  assertEquals(readMapArgs([undefined, { lanes: [1], timeout: 5, more: 1 }])[1].timeout, 5);
});

Deno.test("readMapArgs() refuses everything else", () => {
  for (
    const item of [undefined, 5, [], [1], [1, null], [1, {}], [1, { lanes: [], timeout: "x" }]]
  ) {
    assertThrows(() => readMapArgs(item), ProtocolError);
  }
});

Deno.test("readMapBatch() accepts items with the index of the first", () => {
  assertEquals(readMapBatch({ items: ["a"], at: 3 }), { items: ["a"], at: 3, singly: false });
  assertEquals(readMapBatch({ items: [], at: 0, singly: true }).singly, true);
});

Deno.test("readMapBatch() refuses everything else", () => {
  for (
    const item of [null, [1], { items: [1] }, { at: 1, items: "ab" }, {
      at: 0,
      items: [],
      singly: 1,
    }]
  ) {
    assertThrows(() => readMapBatch(item), ProtocolError);
  }
});
