import { assertEquals } from "@std/assert";
import { type GatewaySpec, resolveSpec } from "./spec.ts";
import { shownSpec, specLabel } from "./shown.ts";

const shown = (spec: string | GatewaySpec) => shownSpec(resolveSpec(spec), spec);
const label = (spec: string | GatewaySpec) => specLabel(resolveSpec(spec), "gw0");
const token = "x".repeat(32);

Deno.test("shownSpec() shows an object as it was given, without secrets", () => {
  const spec = { tcp: "host:1", token, tls: true, permissions: { env: true }, id: "a" } as const;
  const { token: _, ...rest } = spec;
  assertEquals(shown(spec), rest);
  assertEquals(shown({ popen: true }), { popen: true });
});

Deno.test("shownSpec() shows a text with its defaults, without secrets", () => {
  const defaults = {
    env: {},
    execmodel: "main",
    connectTimeout: 30_000,
    output: "inherit",
    permissions: {},
    deny: {},
  } as const;
  assertEquals(shown("popen//nice=3"), { popen: true, nice: 3, ...defaults });
  assertEquals(shown(`socket=host:1//token=${token}`), { tcp: "host:1", ...defaults });
  assertEquals(shown("ssh=-p 22 box//ssh_config=/c//via=gate"), {
    ssh: "-p 22 box",
    ssh_config: "/c",
    via: "gate",
    ...defaults,
  });
});

Deno.test("shownSpec() of a text can be used as a spec", () => {
  for (const text of ["popen//allow-all", "command=sudo -n//allow-read=/a//deny-read=/a/b"]) {
    assertEquals(resolveSpec(shown(text)), resolveSpec(text));
  }
});

Deno.test("specLabel() names what tells gateways apart, without secrets", () => {
  assertEquals(label(`tcp=host:1//token=${token}//ca=/c`), "tcp=host:1//id=gw0//tls//ca=/c");
  assertEquals(
    label("ssh=box//deno=/opt/deno//env:TOKEN=hush//via=gate//chdir=/tmp"),
    "ssh=box//id=gw0//via=gate//chdir=/tmp//deno=/opt/deno",
  );
});
