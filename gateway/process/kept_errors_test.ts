import { assertEquals, assertStringIncludes } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { KeptErrors } from "./kept_errors.ts";

const LARGE = {
  name: "RangeError",
  message: "m".repeat(10_000),
  stack: "s".repeat(10_000),
  gateway: "gw0",
  cause: new Error("its cause"),
};

Deno.test("KeptErrors keeps errors whole while there is room, and small ones always", () => {
  const kept = new KeptErrors(50_000);
  assertEquals(kept.bound(LARGE, 40_000, {}), LARGE);
  const cut = kept.bound(LARGE, 40_000, {});
  assertStringIncludes(cut.message, "mmm (cut: the errors of this gateway take more than memory=");
  assert(cut.message.length < 300 && cut.stack.length <= 200);
  assertEquals([cut.name, cut.gateway, cut.cause], ["RangeError", "gw0", undefined]);
  assertEquals(kept.bound(LARGE, 1_000, {}), LARGE);
});

Deno.test("KeptErrors has room again when nobody refers to an error", async () => {
  const kept = new KeptErrors(50_000);
  kept.bound(LARGE, 40_000, {});
  for (let i = 0; kept.bound(LARGE, 40_000, {}) !== LARGE; i++) {
    assert(i < 100, "nothing was freed");
    (globalThis as unknown as { gc(): void }).gc();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
});
