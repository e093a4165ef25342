import { assertEquals, assertThrows } from "@std/assert";
import { SpecError } from "../errors.ts";
import { command } from "../transports/command.ts";
import { popen, popenViaRelay } from "../transports/popen.ts";
import { ssh } from "../transports/ssh.ts";
import { tcp } from "../transports/tcp.ts";
import { type GatewaySpec, resolveSpec } from "./spec.ts";

const NONE = { all: false, allow: {}, deny: {} };
const DEFAULTS = {
  kind: popen,
  options: undefined,
  env: {},
  execmodel: "main",
  connectTimeout: 30_000,
  permissions: NONE,
  output: "inherit",
};
const SERVER = {
  value: "host:8888",
  address: { hostname: "host", port: 8888 },
  tls: false,
};

const TAKEN: readonly [spec: string | GatewaySpec, resolved: object][] = [
  ["popen", {}],
  [{ popen: true }, {}],
  ["popen//id=a//deno=/opt/deno//chdir=/tmp", { id: "a", deno: "/opt/deno", chdir: "/tmp" }],
  ["popen//nice=5", { nice: 5 }],
  ["popen//nice=-20", { nice: -20 }],
  [{ popen: true, nice: 19 }, { nice: 19 }],
  ["popen//env:A=1//env:B=x=y//env:C=", { env: { A: "1", B: "x=y", C: "" } }],
  [{ popen: true, env: { A: "a//b" } }, { env: { A: "a//b" } }],
  ["popen//execmodel=process", { execmodel: "process" }],
  ["popen//connectTimeout=1000", { connectTimeout: 1000 }],
  ["popen//allow-all", { permissions: { all: true, allow: {}, deny: {} } }],
  ["popen//allow-all//deny-net", {
    permissions: { all: true, allow: {}, deny: { net: true } },
  }],
  ["popen//allow-read//allow-net=a,b:80//deny-read=/etc", {
    permissions: {
      all: false,
      allow: { read: true, net: ["a", "b:80"] },
      deny: { read: ["/etc"] },
    },
  }],
  [{ popen: true, permissions: { read: ["/data"], net: true, run: false } }, {
    permissions: { all: false, allow: { read: ["/data"], net: true, run: false }, deny: {} },
  }],
  [{ popen: true, "allow-read": ["/data"], "deny-net": true, "env:A": "1" }, {
    env: { A: "1" },
    permissions: { all: false, allow: { read: ["/data"] }, deny: { net: true } },
  }],
  [{ popen: true, deny: { env: true }, output: "null" }, {
    permissions: { all: false, allow: {}, deny: { env: true } },
    output: "null",
  }],
  ["ssh=-p 22 me@host//ssh_config=/c", {
    kind: ssh,
    options: { value: "-p 22 me@host", flags: ["-p", "22"], host: "me@host", ssh_config: "/c" },
  }],
  ["tcp=host:8888", { kind: tcp, options: SERVER }],
  ["socket=host:8888", { kind: tcp, options: SERVER }],
  ["popen//via=gw0", { kind: popenViaRelay, via: "gw0" }],
  ["command=docker exec -i box//via=gw0", {
    kind: command,
    options: { value: "docker exec -i box", prefix: ["docker", "exec", "-i", "box"] },
    via: "gw0",
  }],
];

for (const [spec, resolved] of TAKEN) {
  Deno.test(`resolveSpec() takes ${Deno.inspect(spec)}`, () => {
    assertEquals<object>(resolveSpec(spec), { ...DEFAULTS, ...resolved });
  });
}

const REFUSED: readonly [spec: unknown, message: string][] = [
  ["", "empty part"],
  ["popen//", "empty part"],
  ["popen//=x", "empty part"],
  ["popenn", `did you mean "popen"`],
  ["popen//alow-read=/", `did you mean "allow-read"`],
  ["popen//allow_read", `did you mean "allow-read"`],
  ["popen//connecttimeout=1", `did you mean "connectTimeout"`],
  ["popen//allow-net=https://example.com/x", `such as allow-net=example.com`],
  ["ssh=ssh://user@host", `"//" separates the keys`],
  [{ popen: true, permissions: { net: ["https://example.com"] } }, "it takes hosts"],
  [{ popen: true, permissions: { net: "https://example.com" } }, "it takes hosts"],
  ["popen//allow-read=~/x", `nothing stands for "~": write the whole path, or "./~/x"`],
  ["popen//deny-write=/a,~/b", `nothing stands for "~"`],
  ["ssh:user@host", `no key "ssh:…"; did you mean "ssh=…"`],
  ["popen//evn:LANG=C", `did you mean "env:LANG"`],
  ["popen//env:=C", "env:NAME=value"],
  ["popen//python=python3", `did you mean "deno"`],
  ["popen//env:=1", "env:"],
  ["popen//id=a//id=b", `"id" twice`],
  ["popen//popen", `"popen" twice`],
  ["popen//env:A=1//env:A=2", `"env:A" twice`],
  ["popen//env:A", "env:A"],
  ["popen//read=/data", `did you mean "allow-read"`],
  ["id=a", "exactly one of"],
  ["deno=x", "add popen for a process on this machine"],
  ["popen//tcp=a:1", "popen and tcp"],
  ["tcp=a:1//socket=a:1", "tcp and socket"],
  ["popen=yes", `"popen" takes no value`],
  ["ssh", "ssh=…"],
  ["ssh=", "ssh=…"],
  ["popen//id", "id=…"],
  ["popen//chdir= ", "chdir=…"],
  ["popen//nice=20", "from -20 to 19"],
  ["popen//nice=1.5", "whole number"],
  ["popen//nice=", "whole number"],
  ["popen//nice", "whole number"],
  ["popen//connectTimeout=0", "from 1"],
  ["popen//connectTimeout=soon", "whole number"],
  ["popen//execmodel=thread", "main, process"],
  ["popen//allow-all=yes", "takes no value"],
  ["popen//allow-all//allow-read", "leave out read"],
  ["popen//allow-read=", `"allow-read"`],
  ["popen//allow-read=/a,,/b", `"allow-read"`],
  [{}, "exactly one of"],
  [{ popen: true, permission: {} }, `did you mean "permissions"`],
  [{ popen: true, permissions: { reed: true } }, `did you mean "read"`],
  [{ popen: true, permissions: { read: 1 } }, "neither true, false nor a list"],
  [{ popen: true, permissions: { read: [1] } }, `"read"`],
  [{ popen: true, permissions: { read: true }, "allow-all": true }, "leave out read"],
  [{ popen: true, env: { "A=B": "1" } }, `"A=B"`],
  [{ popen: true, env: { A: "\0" } }, `"A"`],
  [{ popen: true, env: { A: 1 } }, `"A" is text, not a number`],
  [{ ssh: 5 }, `"ssh" is text, not a number`],
  [{ popen: true, deno: "a\0b" }, "deno"],
  [{ popen: true, id: 5 }, "id"],
  [{ popen: true, env: "A=1" }, `"env" is an object`],
  [{ popen: true, output: "nul" }, `"inherit", "null" or a function, not "nul"`],
  [{ popen: true, output: null }, "not null"],
  ["popen//output=null", "objects"],
  ["popen//env=A", "env:NAME=value"],
  [null, "not null"],
  [undefined, "not undefined"],
  [5, "not 5"],
  [["popen"], "Group.open takes a list"],
  [Symbol("popen"), "not Symbol(popen)"],
];

for (const [spec, message] of REFUSED) {
  Deno.test(`resolveSpec() refuses ${Deno.inspect(spec)}`, () => {
    assertThrows(() => resolveSpec(spec as GatewaySpec), SpecError, message);
  });
}
