import { assertEquals } from "@std/assert";
import { findViolations } from "./check_layers.ts";

function violations(imports: Record<string, readonly string[]>): string[] {
  return findViolations(new Map(Object.entries(imports)));
}

/** Adds the files that are imported but import nothing. */
function complete(imports: Record<string, readonly string[]>): Record<string, readonly string[]> {
  const all = Object.entries(imports).map(([file, targets]) => [file, [...targets]] as const);
  const targets = Object.values(imports).flat().filter((file) => !Object.hasOwn(imports, file));
  return Object.fromEntries([...all, ...targets.map((file) => [file, []] as const)]);
}

Deno.test("findViolations() accepts the layers in their order", () => {
  assertEquals(
    violations({
      "errors.ts": [],
      "protocol/frames.ts": ["errors.ts", "protocol/constants.ts"],
      "protocol/constants.ts": [],
      "channel/channel.ts": ["protocol/frames.ts", "errors.ts"],
      "transports/popen.ts": ["protocol/constants.ts"],
      "transports/via/relay_process.ts": ["channel/channel.ts"],
      "transports/streams/node_stream.ts": [],
      "gateway/gateway.ts": ["transports/popen.ts", "channel/channel.ts"],
      "remote/main.ts": ["channel/channel.ts", "transports/streams/node_stream.ts"],
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
    ["remote/main.ts", "transports/tcp/session.ts"],
    ["transports/popen.ts", "channel/channel.ts"],
    ["transports/popen.ts", "spec/spec.ts"],
    ["server/server.ts", "gateway/gateway.ts"],
    ["server/server.ts", "spec/spec.ts"],
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

for (
  const [what, imports, circle] of [
    ["sub-rooms", {
      "transports/tcp/a.ts": ["transports/via/b.ts"],
      "transports/via/c.ts": ["transports/tcp/d.ts"],
    }, "transports/tcp/ -> transports/via/ -> transports/tcp/"],
    ["a sub-room and a file of its room", {
      "transports/kind.ts": ["transports/tcp/a.ts"],
      "transports/tcp/b.ts": ["transports/kind.ts"],
    }, "transports/kind.ts -> transports/tcp/ -> transports/kind.ts"],
    ["folders of a sub-room", {
      "code/js/x/a.ts": ["code/js/y/b.ts"],
      "code/js/y/c.ts": ["code/js/x/d.ts"],
    }, "code/js/x/ -> code/js/y/ -> code/js/x/"],
  ] as const
) {
  Deno.test(`findViolations() refuses a circle of ${what} in which no file imports itself`, () => {
    const found = violations(complete(imports));
    assertEquals(found, [`imports form a circle: ${circle}`]);
  });
}

Deno.test("findViolations() accepts that a room and its sub-room use each other's files", () => {
  assertEquals(
    violations(complete({
      "transports/tcp.ts": ["transports/tcp/session.ts", "transports/kind.ts"],
      "transports/tcp/session.ts": ["transports/transport.ts"],
      "transports/tcp_test.ts": ["transports/tcp.ts"],
      "transports/kind.ts": ["transports/transport.ts"],
    })),
    [],
  );
});

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
