import { assertStringIncludes } from "@std/assert";
import { denoVersionError } from "./deno_command.ts";

Deno.test("denoVersionError() shows the version that a far side names with its controls escaped", () => {
  const { message } = denoVersionError("gw0", "1.0\x1b[2J");
  assertStringIncludes(message, "gateway gw0: it runs Deno 1.0\\u001b[2J, and execnet needs");
});
