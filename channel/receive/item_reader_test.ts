import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { ProtocolError } from "../../errors.ts";
import { HEADER_BYTES } from "../../protocol/constants.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { FakeContext } from "../../tests/support/fake_context.ts";
import type { ConsumerKind } from "./callback.ts";
import { ItemReader } from "./item_reader.ts";
import { ReceiveWindow } from "./receive_window.ts";

type Put = [what: "item" | "encoded" | "view" | "piece" | "dropped", item: unknown, cost: number];

/** A reader of channel 1, and what it puts. */
class Setup {
  readonly context = new FakeContext();
  readonly puts: Put[] = [];
  readonly resets: Error[] = [];
  readonly dropped: number[] = [];
  readonly reader: ItemReader;

  constructor(consumer: ConsumerKind = "callback") {
    const window = new ReceiveWindow(this.context.binding);
    const sink = {
      put: (item: unknown, cost: number) => void this.puts.push(["item", item, cost]),
      putView: (view: Uint8Array, cost: number) =>
        void this.puts.push(["view", view.slice(), cost]),
      putEncoded: (bytes: Uint8Array, cost: number) =>
        void this.puts.push(["encoded", bytes.slice(), cost]),
      items: {
        receive: (cost: number) => window.receive(cost),
        drop: (cost: number) => void this.dropped.push(cost),
        dropPieces: () => void this.puts.push(["dropped", undefined, 0]),
        putPiece: (cost: number) => void this.puts.push(["piece", undefined, cost]),
      },
    };
    this.reader = new ItemReader(
      this.context.binding,
      sink,
      (error) => this.resets.push(error),
    );
    this.reader.consumer = consumer;
  }

  /** Reads a document in pieces of these sizes; the rest is the last piece. */
  read(document: Uint8Array, ...sizes: number[]): this {
    let at = 0;
    for (const size of [...sizes, document.length]) {
      const bytes = document.subarray(at, at + size);
      const cost = HEADER_BYTES + bytes.length;
      if (at === 0) this.#item(document.length, bytes, cost);
      else this.reader.read({ type: "part", channel: 1, bytes, cost });
      at += bytes.length;
    }
    return this;
  }

  begin(total: number, ...bytes: number[]): void {
    this.#item(total, Uint8Array.from(bytes), bytes.length);
  }

  part(...bytes: number[]): void {
    const cost = bytes.length;
    this.reader.read({ type: "part", channel: 1, bytes: Uint8Array.from(bytes), cost });
  }

  #item(total: number, bytes: Uint8Array, cost: number): void {
    this.reader.read({ type: "item", channel: 1, total, bytes, cost });
  }
}

function encoded(item: unknown): Uint8Array {
  const codec = new ItemCodec();
  return codec.own(codec.encode(item));
}

const OBJECT = { name: "some text", list: [1, 2, 3] };
const BYTES = Uint8Array.from({ length: 300 }, (_, i) => i);

Deno.test("ItemReader leaves an item encoded, and reports its bytes", () => {
  const it = new Setup().read(encoded(OBJECT));
  const cost = HEADER_BYTES + encoded(OBJECT).length;
  assertEquals(it.puts, [["encoded", encoded(OBJECT), cost]]);
  assertEquals(it.context.decoded, cost);
});

Deno.test("ItemReader puts an item together from its pieces", () => {
  const it = new Setup().read(encoded(OBJECT), 4, 6);
  assertEquals(it.puts.map(([what]) => what), ["piece", "piece", "encoded"]);
  assertEquals(it.puts[2][1], encoded(OBJECT));
});

for (const consumer of ["callback", "forward", "items"] as const) {
  Deno.test(`ItemReader puts bytes together for a consumer of kind ${consumer}`, () => {
    const it = new Setup(consumer).read(encoded(BYTES), 100, 100);
    assertEquals(it.puts.map(([what]) => what), ["piece", "piece", "item"]);
    assertEquals(it.puts[2][1], BYTES);
  });
}

Deno.test("ItemReader gives the pieces of bytes to a consumer of bytes, without their head", () => {
  const it = new Setup("bytes").read(encoded(BYTES), 100, 100);
  assertEquals(it.puts.map(([what]) => what), ["view", "view", "view"]);
  assertEquals(concat(it.puts.map(([, view]) => view as Uint8Array)), BYTES);
  assertEquals(it.context.decoded, 0);
});

Deno.test("ItemReader leaves other items encoded for a consumer of bytes", () => {
  const it = new Setup("bytes").read(encoded(OBJECT));
  assertEquals(it.puts.map(([what, item]) => [what, item]), [["encoded", encoded(OBJECT)]]);
});

Deno.test("ItemReader gives credit for an item of no bytes, which a consumer of bytes never sees", () => {
  const it = new Setup("bytes").read(encoded(new Uint8Array()));
  assertEquals(it.puts.map(([what]) => what), ["piece", "dropped"]);
});

const MIXED_UP: [what: string, breach: (it: Setup) => void][] = [
  ["a part of no item", (it) => it.part(1)],
  ["an item within an item", (it) => it.begin(5, 1)],
  ["more bytes than the total", (it) => it.begin(1, 0x91, 1)],
  ["an end within an item", (it) => it.reader.end()],
];

for (const [what, breach] of MIXED_UP) {
  Deno.test(`ItemReader takes ${what} for a breach of the protocol`, () => {
    const it = new Setup();
    if (what.includes("within")) it.begin(5, 0x94, 1);
    assertThrows(() => breach(it), ProtocolError, "mixed up the parts of an item on channel 1");
  });
}

Deno.test("ItemReader refuses what passes the window before it reads it", () => {
  const it = new Setup();
  const cost = 2 * 1024 * 1024;
  const frame = { type: "item", channel: 1, total: 1, bytes: Uint8Array.of(1), cost } as const;
  assertThrows(() => it.reader.read(frame), ProtocolError, "than its window allows");
  assertEquals(it.puts, []);
});

Deno.test("ItemReader resets the channel of an item that is too large", () => {
  const it = new Setup();
  it.context.maxItemBytes = 100;
  it.begin(101, 0xc4);
  assertEquals(it.dropped, [1]);
  assertEquals(it.resets.map((error) => error instanceof ProtocolError), [true]);
  assertEquals(
    it.resets[0].message,
    "the peer sent an item of 101 bytes; at most 100 are accepted",
  );
  assertEquals(it.puts, []);
});

Deno.test("ItemReader.drop() forgets an unfinished item", () => {
  const it = new Setup();
  it.begin(5, 0x94, 1);
  it.reader.drop();
  it.reader.end();
  it.begin(1, 7);
  assertEquals(it.puts.at(-1), ["encoded", Uint8Array.of(7), 1]);
});
