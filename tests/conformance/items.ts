import { assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Behaviour } from "./behaviour.ts";

const PLAIN: readonly [name: string, items: readonly unknown[]][] = [
  ["undefined, null and booleans", [undefined, null, true, false]],
  ["whole numbers", [0, 1, -1, 127, 128, 255, 256, -128, -129, 2 ** 31, -(2 ** 31), 2 ** 32]],
  ["large and small numbers", [
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    Number.EPSILON,
    0.1,
  ]],
  ["-0, NaN and infinities", [-0, [-0], { a: -0 }, NaN, Infinity, -Infinity]],
  ["bigints of any size", [0n, 1n, -1n, 2n ** 63n, -(2n ** 64n), 10n ** 1000n, -(10n ** 1000n)]],
  ["strings", ["", "a", "äöü €", "𝄞 🦕", "\0\u{FEFF}\n", "x".repeat(100_000)]],
  ["strings that are not well-formed", ["\uD800", "a\uDC00b", { "\uDFFF": "\uD83D" }]],
  ["dates", [new Date(0), new Date(-1), new Date("2024-02-29T12:34:56.789Z"), new Date(8.64e15)]],
  ["arrays", [[], [1, [2, [3, []]]], [undefined, null], new Array(1000).fill("x")]],
  ["plain objects", [{}, { a: { b: { c: [] } } }, { "": 1, "key with blank": 2, 1: 3 }]],
  ["maps", [
    new Map(),
    new Map<unknown, unknown>([[1, "a"], ["1", "b"], [null, new Map([[{}, 1]])]]),
  ]],
  ["sets", [new Set(), new Set([1, "1", undefined, NaN]), new Set([new Set([[]])])]],
  ["typed arrays", [
    Uint8Array.of(1, 2, 255),
    new Uint8ClampedArray([0, 300]),
    Int8Array.of(-1),
    Int16Array.of(-300),
    Uint16Array.of(65535),
    Int32Array.of(-70000),
    Uint32Array.of(2 ** 32 - 1),
    BigInt64Array.of(-5n),
    BigUint64Array.of(2n ** 64n - 1n),
    Float32Array.of(0.5, -0),
    Float64Array.of(0.1, NaN),
    new Uint8Array(0),
  ]],
  ["everything at once", [{ a: [1n, new Map([["k", new Set([new Date(5)])]]), { b: undefined }] }]],
];

async function echoed(gw: Gateway, item: unknown): Promise<unknown> {
  return await gw.call((item: unknown) => item, item);
}

/** Each type of item, sent there and back. */
export function itemTests(behaves: Behaviour): void {
  for (const [name, items] of PLAIN) {
    behaves(`items: ${name} arrive as they were`, async (gw) => {
      for (const item of items) {
        const back = await echoed(gw, item);
        assertEquals(back, item);
        assert(Deno.inspect(back) === Deno.inspect(item));
      }
    });
  }

  behaves("items: the remote receives the same types", async (gw) => {
    const types = await gw.call(
      (items: unknown[]) => items.map((item) => Object.prototype.toString.call(item).slice(8, -1)),
      [
        undefined,
        null,
        1n,
        new Date(0),
        /x/,
        new Error(""),
        new Map(),
        new Set(),
        new ArrayBuffer(1),
        new DataView(new ArrayBuffer(1)),
        Float32Array.of(1),
        new URL("http://localhost/"),
      ],
    );
    assertEquals(types, [
      "Undefined",
      "Null",
      "BigInt",
      "Date",
      "RegExp",
      "Error",
      "Map",
      "Set",
      "ArrayBuffer",
      "DataView",
      "Float32Array",
      "URL",
    ]);
  });

  behaves("items: an invalid date stays invalid", async (gw) => {
    const back = await echoed(gw, new Date(NaN));
    assert(back instanceof Date);
    assertEquals(back.getTime(), NaN);
  });

  behaves("items: regular expressions keep source and flags", async (gw) => {
    const back = await echoed(gw, [/a\/(?<n>b)[\n]/giu, new RegExp("")]) as RegExp[];
    assert(back[0] instanceof RegExp);
    assertEquals(back.map(String), [String(/a\/(?<n>b)[\n]/giu), "/(?:)/"]);
  });

  behaves("items: URLs arrive", async (gw) => {
    const back = await echoed(gw, new URL("https://user@localhost:8/a?b=c#d"));
    assert(back instanceof URL);
    assertEquals(back.href, "https://user@localhost:8/a?b=c#d");
  });

  behaves("items: buffers and views arrive, and of a view only its own bytes", async (gw) => {
    const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    const back = await echoed(gw, [
      bytes.buffer,
      new DataView(bytes.buffer, 2, 3),
      bytes.subarray(1, 3),
    ]) as [ArrayBuffer, DataView, Uint8Array];
    assert(back[0] instanceof ArrayBuffer);
    assertEquals(new Uint8Array(back[0]), bytes);
    assert(back[1] instanceof DataView);
    assertEquals([back[1].byteLength, back[1].getUint8(0)], [3, 2]);
    assertEquals(back[2], Uint8Array.of(1, 2));
    assertEquals(back[2].buffer.byteLength, 2);
  });

  behaves("items: errors keep class, name, message, stack, cause and properties", async (gw) => {
    const error = Object.assign(new TypeError("wrong", { cause: new Map([[1, 2]]) }), { code: 4 });
    const back = await echoed(gw, [error]) as [TypeError & { code: number }];
    assert(back[0] instanceof TypeError);
    assertEquals([back[0].name, back[0].message, back[0].code], ["TypeError", "wrong", 4]);
    assertEquals([back[0].stack, back[0].cause], [error.stack, new Map([[1, 2]])]);
    const named = await echoed(gw, Object.assign(new Error("m"), { name: "Mine" }));
    assert(named instanceof Error);
    assertEquals([named.name, "cause" in named], ["Mine", false]);
  });

  behaves("items: a key __proto__ is data, never a prototype", async (gw) => {
    const item = JSON.parse(`{ "a": { "__proto__": { "polluted": true }, "constructor": 1 } }`);
    const back = await echoed(gw, item) as { a: Record<string, unknown> };
    assert(Object.hasOwn(back.a, "__proto__"));
    assertFalse("polluted" in back.a);
    assertFalse("polluted" in {});
    assertEquals(JSON.stringify(back), JSON.stringify(item));
  });

  behaves("items: an object without a prototype arrives as a plain object", async (gw) => {
    const bare = Object.assign(Object.create(null), { a: 1 });
    assertEquals(await echoed(gw, [bare]), [{ a: 1 }]);
  });

  behaves("items: a change after send() does not affect the sent item", async (gw) => {
    const channel = gw.remoteExec(`for await (const item of channel) await channel.send(item);`);
    const items = [new Uint8Array(10), new Uint8Array(200_000), [new Uint8Array(3)], { a: [1] }];
    const sent = items.map((item) => channel.send(item));
    (items[0] as Uint8Array).fill(7);
    (items[1] as Uint8Array).fill(7);
    (items[2] as Uint8Array[])[0].fill(7);
    (items[3] as { a: number[] }).a.push(2);
    await Promise.all(sent);
    assertEquals(await channel.receive(), new Uint8Array(10));
    assertEquals(await channel.receive(), new Uint8Array(200_000));
    assertEquals(await channel.receive(), [new Uint8Array(3)]);
    assertEquals(await channel.receive(), { a: [1] });
  });

  behaves("items: two received arrays share no memory", async (gw) => {
    const [a, b] = await echoed(gw, [Uint8Array.of(1), Uint8Array.of(2)]) as Uint8Array[];
    a.fill(9);
    assertEquals(b, Uint8Array.of(2));
    assertFalse(a.buffer === b.buffer);
    assertStrictEquals(a.byteOffset, 0);
  });
}
