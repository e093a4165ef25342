import { assertEquals } from "@std/assert";
import { Queue } from "./queue.ts";

Deno.test("Queue returns items in the order in which they were pushed", () => {
  const queue = new Queue<string>();
  for (const item of ["a", "b", "c"]) queue.push(item);
  assertEquals([queue.size, queue.peek()], [3, "a"]);
  assertEquals([queue.shift(), queue.shift()], ["a", "b"]);
  queue.push("d");
  assertEquals([queue.shift(), queue.shift(), queue.shift(), queue.peek()], [
    "c",
    "d",
    undefined,
    undefined,
  ]);
  assertEquals(queue.size, 0);
});

Deno.test("Queue.peekLast() returns the item that was pushed last, while it is queued", () => {
  const queue = new Queue<string>();
  assertEquals(queue.peekLast(), undefined);
  for (const item of ["a", "b"]) queue.push(item);
  assertEquals(queue.peekLast(), "b");
  queue.shift();
  queue.shift();
  assertEquals(queue.peekLast(), undefined);
});

Deno.test("Queue holds items that are undefined", () => {
  const queue = new Queue<undefined>();
  queue.push(undefined);
  queue.push(undefined);
  assertEquals(queue.size, 2);
  queue.shift();
  assertEquals(queue.size, 1);
});

Deno.test("Queue keeps the order over many thousand items, pushed and taken in turns", () => {
  const queue = new Queue<number>();
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 2000; round++) {
    for (let i = 0; i < 7; i++) queue.push(pushed++);
    for (let i = 0; i < round % 9; i++) {
      const item = queue.shift();
      if (item !== undefined) assertEquals(item, taken++);
    }
    assertEquals(queue.size, pushed - taken);
  }
  while (queue.size > 0) assertEquals(queue.shift(), taken++);
  assertEquals(taken, pushed);
});

Deno.test("Queue.remove() removes an item wherever it stands, and only the first of equal ones", () => {
  const queue = new Queue<string>();
  for (const item of ["gone", "a", "b", "a", "c"]) queue.push(item);
  queue.shift();
  assertEquals(queue.remove("a"), true);
  assertEquals(queue.remove("gone"), false);
  assertEquals(queue.remove("c"), true);
  assertEquals(queue.drain(), ["b", "a"]);
});

Deno.test("Queue is empty and usable after the last item was removed", () => {
  const queue = new Queue<string>();
  queue.push("a");
  queue.push("b");
  queue.shift();
  assertEquals([queue.remove("b"), queue.size, queue.shift()], [true, 0, undefined]);
  queue.push("c");
  assertEquals([queue.size, queue.shift()], [1, "c"]);
});

Deno.test("Queue.drain() returns all items, and the queue stays usable", () => {
  const queue = new Queue<number>();
  for (let i = 0; i < 5; i++) queue.push(i);
  queue.shift();
  assertEquals(queue.drain(), [1, 2, 3, 4]);
  assertEquals([queue.size, queue.drain()], [0, []]);
  queue.push(9);
  assertEquals(queue.shift(), 9);
});
