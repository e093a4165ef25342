import { assertEquals, assertRejects } from "@std/assert";
import { ModuleError } from "../../errors.ts";
import { BundleError, bundleScript } from "./bundle.ts";
import { NO_CONFIG } from "./config.ts";

Deno.test("bundleScript() gives a script with all that is imported", async () => {
  const { text } = await bundleScript(
    `export default () => import("data:text/javascript,export default 1");`,
    NO_CONFIG,
  );
  assertEquals(typeof text, "string");
});

Deno.test("bundleScript() says what is wrong, without the path of its copy", async () => {
  const error = await assertRejects(
    () => bundleScript(`import "./no_such_file.ts";`, NO_CONFIG),
    BundleError,
    "file:///no_such_file.ts",
  );
  assertEquals(error.lacksEsbuild, false);
});

Deno.test("bundleScript() kills deno bundle after its time, and says what to do", async () => {
  const error = await assertRejects(
    () => bundleScript("export default 1;", NO_CONFIG, 1),
    ModuleError,
    "did not end within 0.001 s, and was killed",
  );
  assertEquals(error.message.includes("await import()"), true);
});
