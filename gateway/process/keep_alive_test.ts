import { assertEquals } from "@std/assert";
import { KeepAlive } from "./keep_alive.ts";

/** A handle that records whether it is ref'd. */
function recorder() {
  return {
    calls: [] as string[],
    ref() {
      this.calls.push("ref");
    },
    unref() {
      this.calls.push("unref");
    },
  };
}

Deno.test("KeepAlive refs its handles while there is a hold, and unrefs them once", () => {
  const keepAlive = new KeepAlive();
  const handle = recorder();
  keepAlive.add(handle);
  const first = keepAlive.hold();
  const second = keepAlive.hold();
  first[Symbol.dispose]();
  assertEquals(handle.calls, ["ref"]);
  second[Symbol.dispose]();
  assertEquals(handle.calls, ["ref", "unref"]);
});

Deno.test("KeepAlive counts a hold that is disposed twice once", () => {
  const keepAlive = new KeepAlive();
  const handle = recorder();
  keepAlive.add(handle);
  using _other = keepAlive.hold();
  const hold = keepAlive.hold();
  hold[Symbol.dispose]();
  hold[Symbol.dispose]();
  assertEquals(handle.calls, ["ref"]);
});

Deno.test("KeepAlive refs a handle that is added during a hold, and unrefs one that is deleted", () => {
  const keepAlive = new KeepAlive();
  using _hold = keepAlive.hold();
  const handle = recorder();
  keepAlive.add(handle);
  keepAlive.delete(handle);
  keepAlive.delete(handle);
  assertEquals(handle.calls, ["ref", "unref"]);
});
