import { assertEquals } from "@std/assert";
import { findViolations } from "./check_layers.ts";

function violations(imports: Record<string, string[]>): string[] {
  return findViolations(new Map(Object.entries(imports)));
}

Deno.test("findViolations() accepts the layers in their order", () => {
  assertEquals(
    violations({
      "errors.ts": [],
      "protocol/frames.ts": ["errors.ts", "protocol/constants.ts"],
      "protocol/constants.ts": [],
      "channel/channel.ts": ["protocol/frames.ts", "errors.ts"],
      "transports/popen.ts": ["protocol/constants.ts"],
      "gateway/gateway.ts": ["transports/popen.ts", "channel/channel.ts"],
      "remote/main.ts": ["channel/channel.ts"],
      "mod.ts": ["gateway/gateway.ts", "errors.ts"],
      "tests/gateway_test.ts": ["mod.ts", "remote/main.ts"],
      "examples/quickstart.ts": ["mod.ts"],
    }),
    [],
  );
});

for (
  const [from, to] of [
    ["errors.ts", "protocol/frames.ts"],
    ["protocol/frames.ts", "channel/channel.ts"],
    ["channel/channel.ts", "gateway/gateway.ts"],
    ["channel/channel.ts", "transports/popen.ts"],
    ["internal/wait.ts", "errors.ts"],
    ["remote/main.ts", "spec/spec.ts"],
    ["gateway/gateway.ts", "remote/main.ts"],
    ["mod.ts", "remote/main.ts"],
    ["gateway/gateway.ts", "mod.ts"],
    ["gateway/gateway.ts", "tests/helpers.ts"],
  ] as const
) {
  Deno.test(`findViolations() refuses that ${from} imports ${to}`, () => {
    const found = violations({ [from]: [to], [to]: [] });
    assertEquals(found.length, 1);
    assertEquals(found[0]?.startsWith(`${from} imports ${to}: `), true);
  });
}

Deno.test("findViolations() names the files of a circle in order", () => {
  assertEquals(
    violations({
      "channel/a.ts": ["channel/b.ts"],
      "channel/b.ts": ["channel/c.ts"],
      "channel/c.ts": ["channel/b.ts"],
    }),
    ["imports form a circle: channel/b.ts -> channel/c.ts -> channel/b.ts"],
  );
});

Deno.test("findViolations() refuses a file that imports itself", () => {
  assertEquals(violations({ "errors.ts": ["errors.ts"] }).length, 1);
});

Deno.test("findViolations() accepts two ways to the same file", () => {
  assertEquals(
    violations({
      "channel/a.ts": ["channel/b.ts", "channel/c.ts"],
      "channel/b.ts": ["channel/d.ts"],
      "channel/c.ts": ["channel/d.ts"],
      "channel/d.ts": [],
    }),
    [],
  );
});

Deno.test("findViolations() refuses a source folder that no rule covers", () => {
  assertEquals(violations({ "helpers/text.ts": [] }).length, 1);
});
