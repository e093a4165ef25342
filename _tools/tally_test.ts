import { assertEquals } from "@std/assert";
import { formatTally, readSummary } from "./tally.ts";

Deno.test("readSummary() reads the counts of tests, not of their steps", () => {
  assertEquals(
    readSummary("ok | 12 passed (3 steps) | 0 failed (15ms)"),
    { passed: 12, failed: 0, skipped: 0 },
  );
  assertEquals(
    readSummary("FAILED | 4 passed (1 step) | 2 failed (1 step) | 3 ignored"),
    { passed: 4, failed: 2, skipped: 3 },
  );
});

Deno.test("readSummary() reads coloured text", () => {
  assertEquals(
    readSummary("\x1b[0m\x1b[32mok\x1b[0m | 2 passed | 0 failed"),
    { passed: 2, failed: 0, skipped: 0 },
  );
});

Deno.test("readSummary() reads the last summary, or returns undefined if there is none", () => {
  assertEquals(
    readSummary("ok | 1 passed | 0 failed\nFAILED | 5 passed | 1 failed\n"),
    { passed: 5, failed: 1, skipped: 0 },
  );
  assertEquals(readSummary("error: Type checking failed."), undefined);
});

Deno.test("formatTally() mentions skipped tests only if there are some", () => {
  assertEquals(
    formatTally({ passed: 3, failed: 0, skipped: 0 }),
    "3 passed, 0 failed",
  );
  assertEquals(
    formatTally({ passed: 3, failed: 1, skipped: 2 }),
    "3 passed, 1 failed, 2 skipped",
  );
});
