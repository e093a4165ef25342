import { assertEquals } from "@std/assert";
import { ofShell } from "./shell_status.ts";

Deno.test("ofShell() returns signals that were told as exit codes", () => {
  assertEquals(ofShell({ code: 137, signal: null }), { code: null, signal: "SIGKILL" });
  assertEquals(ofShell({ code: 143, signal: null }), { code: null, signal: "SIGTERM" });
  for (const code of [0, 1, 128, 138, 192, 255]) {
    assertEquals(ofShell({ code, signal: null }), { code, signal: null });
  }
  assertEquals(ofShell({ code: null, signal: "SIGHUP" }), { code: null, signal: "SIGHUP" });
  assertEquals(ofShell({ code: null, signal: null }), { code: null, signal: null });
});
