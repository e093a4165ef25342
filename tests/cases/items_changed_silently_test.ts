/** What arrives is what was sent, or nothing is sent and an error says why. */

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runCase } from "./run_case.ts";

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  await using gw = await makeGateway();

  class Cache extends Map<string, number> { limit = 100; }
  class Points extends Array<number> { unit = "mm"; }
  class Day extends Date {}
  class Vector extends Float64Array {}
  const items: Record<string, unknown> = {
    "match": "2026-11".match(/(?<year>\\d+)-(?<month>\\d+)/),
    "array with a name": Object.assign([1, 2], { unit: "mm" }),
    "holes": [1, , 3],
    "DOMException": new DOMException("gone", "AbortError"),
    "subclass of Map": new Cache([["a", 1]]),
    "subclass of Array": Points.from([1, 2]),
    "subclass of Date": new Day(0),
    "subclass of a typed array": new Vector(2),
    "Map with a property": Object.assign(new Map(), { limit: 100 }),
    "shared memory": new Int32Array(new SharedArrayBuffer(4)),
    "resizable": new ArrayBuffer(4, { maxByteLength: 8 }),
    "symbol key": { list: [{ [Symbol.for("kind")]: "x", a: 1 }] },
    "socket": { users: [0, 1, 2, { socket: new (class Socket {})() }] },
  };
  const look = (item) => {
    const { index, input, groups, unit, code, name } = item;
    return JSON.stringify({ keys: Object.keys(item), index, input, groups, unit, code, name });
  };
  for (const [what, item] of Object.entries(items)) {
    const there = await gw.call(look, item).catch((error) => error.message);
    console.log(\`\${what}: \${there === look(item) ? "the same" : there}\`);
  }
`;

test("an item arrives as it was, or is refused by its path and class", async () => {
  const { code, stdout, stderr } = await runCase(PROGRAM);
  assertEquals(stdout.trimEnd().split("\n"), [
    "match: the same",
    "array with a name: the same",
    "holes: the same",
    "DOMException: the same",
    "subclass of Map: cannot send args[0]: class Cache",
    "subclass of Array: cannot send args[0]: class Points",
    "subclass of Date: cannot send args[0]: class Day",
    "subclass of a typed array: cannot send args[0]: class Vector",
    "Map with a property: cannot send args[0]: class Map with the property limit",
    "shared memory: cannot send args[0]: a view of a SharedArrayBuffer; send a copy, such as its slice()",
    "resizable: cannot send args[0]: a resizable ArrayBuffer",
    "symbol key: cannot send args[0].list[0]: an object with the key Symbol(kind)",
    "socket: cannot send args[0].users[3].socket: class Socket",
  ], stderr);
  assertEquals(code, 0);
});
