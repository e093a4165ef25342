import { assertEquals } from "@std/assert";
import { Hold, NO_HOLD } from "./keep_alive.ts";

Deno.test("Hold releases once, however often it is disposed", () => {
  let released = 0;
  const hold = new Hold(() => released++);
  {
    using _hold = hold;
    assertEquals(released, 0);
  }
  hold[Symbol.dispose]();
  assertEquals(released, 1);
});

Deno.test("NO_HOLD can be disposed by all that share it", () => {
  for (let i = 0; i < 3; i++) NO_HOLD[Symbol.dispose]();
});
