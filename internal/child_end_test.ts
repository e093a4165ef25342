import { assertEquals } from "@std/assert";
import { endOf, unnamedSignal } from "./child_end.ts";

const run = (script: string) =>
  endOf(new Deno.Command("sh", { args: ["-c", script], stderr: "null" }).spawn());

Deno.test("endOf() tells exit codes, and signals by their names", async () => {
  assertEquals(await run("exit 7"), { code: 7, signal: null });
  assertEquals(await run("kill -TERM $$"), { code: null, signal: "SIGTERM" });
});

Deno.test({
  name: "endOf() tells real-time signals, which Deno does not know",
  ignore: Deno.build.os !== "linux",
  sanitizeResources: false, // Deno never closes its resource for such a child
  async fn() {
    assertEquals(await run("kill -37 $$"), { code: null, signal: "SIGRTMIN+3" });
  },
});

Deno.test("endOf() tells an unknown end, where the status rejects", async () => {
  const status = Promise.reject(new Error("no such child"));
  assertEquals(await endOf({ status }), { code: null, signal: null });
});

Deno.test("unnamedSignal() names what Deno rejects with, and nothing else", () => {
  const names = [32, 33, 34, 35, 64].map((n) =>
    unnamedSignal(new TypeError(`Invalid signal: ${n}`))
  );
  assertEquals(names, ["signal 32", "signal 33", "SIGRTMIN", "SIGRTMIN+1", "SIGRTMIN+30"]);
  for (const other of [new Error("Invalid signal: 34"), new TypeError("Invalid signal: x"), 34]) {
    assertEquals(unnamedSignal(other), undefined);
  }
});
