/** What the compiler accepts and infers. Mostly `deno check` is the test. */
import { assertEquals } from "@std/assert";
import type { Channel, Gateway, Group, MemberStatus, MultiChannel } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { makeMemoryGateway } from "../support/memory_gateway.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** Fails to compile unless `Actual` is `Expected`. */
function expectType<Expected>() {
  return <Actual>(_value: Actual, _same: Same<Actual, Expected>): void => {};
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Tree {
  children: Tree[];
}

async function report(_channel: Channel, progress: Channel<never, string>): Promise<void> {
  await progress.send("half");
}

test("a channel in args is passed as its local type, and arrives as the type of its other end", async () => {
  await using gateway = await makeMemoryGateway();
  const progress = gateway.newChannel<string, never>();
  gateway.remoteExec(report, progress);
  assertEquals(await progress.receive(), "half");

  const called = gateway.newChannel<number, never>();
  const sum = gateway.call(
    async (a: number, to: Channel<never, number>) => {
      await to.send(a);
      return a + 1;
    },
    1,
    called,
  );
  assertEquals([await sum, await called.receive()], [2, 1]);
});

/** Never called. */
export function channelsInArgs(gateway: Gateway, group: Group, json: Json, tree: Tree): void {
  const strings = gateway.newChannel<string, never>();
  const numbers = gateway.newChannel<number, never>();

  gateway.remoteExec((_, { to }: { to: Channel<never, string>; n: number }) => to.send("a"), {
    to: strings,
    n: 1,
  });
  gateway.remoteExec((_, [to]: readonly [Channel<never, string>, number]) => to.send("a"), [
    strings,
    1,
  ]);
  gateway.remoteExec(async function* (_, to: Channel<never, string>) {
    yield await to.send("a");
  }, strings);
  group.remoteExec(report, strings);
  // @ts-expect-error: its items are numbers
  gateway.remoteExec(report, numbers);
  // @ts-expect-error: its items are numbers
  group.remoteExec(report, numbers);
  // @ts-expect-error: its items are numbers
  gateway.call((to: Channel<never, string>) => to.send("a"), numbers);

  // Types without channels are inferred unchanged.
  gateway.remoteExec((_, args) => expectType<number>()(args, true), 5);
  gateway.remoteExec((_, { mode }: { mode: "a" | "b" }) => mode, { mode: "a" });
  gateway.remoteExec((_, list: string[]) => list, []);
  gateway.remoteExec((_, value: unknown) => value, strings);
  gateway.remoteExec((_, value: Json) => value, json);
  gateway.remoteExec((_, value: Json) => value, { a: [1, "b"] });
  gateway.remoteExec((_, value: Tree) => value, tree);
  gateway.remoteExec((_, value: Map<string, Set<number>>) => value, new Map([["a", new Set([1])]]));
  expectType<Channel<string, number>>()(
    gateway.remoteExec(async (channel: Channel<number, string>) => await channel.send("a")),
    true,
  );
  // @ts-expect-error: a number is wanted
  gateway.remoteExec((_, n: number) => n, "1");
  // What has no args, or may be called without them, needs none.
  gateway.remoteExec(async (channel: Channel) => await channel.send(1));
  gateway.remoteExec((_, n?: number) => n);
  gateway.remoteExec((_, value: unknown) => value);
  gateway.remoteExec((_, n: number | undefined) => n);
  gateway.remoteExec((_, n: number) => n, 1, { name: "one" });
  gateway.remoteExec(() => {}, undefined, { isolate: true });
  // @ts-expect-error: the function needs args
  gateway.remoteExec((_: Channel, n: number) => n);
  // @ts-expect-error: the function needs args
  gateway.remoteExec(async function* (_: Channel, n: number) {
    yield n;
  });
  // @ts-expect-error: the function needs args
  gateway.remoteExec(report);
  // @ts-expect-error: the function needs args
  group.remoteExec(report);
  // @ts-expect-error: the function needs args
  gateway.group.remoteExec(report);

  // @ts-expect-error: the function has no parameter
  gateway.remoteExec((_, n: { a: number }) => n, { b: 1 });

  expectType<Promise<number>>()(gateway.call((a, b) => a + b, 1, 2), true);
  expectType<Promise<"a" | "b">>()(gateway.call((mode: "a" | "b") => mode, "a"), true);
  expectType<Promise<number>>()(gateway.call((...all: number[]) => all.length, 1, 2), true);
  expectType<Promise<number>>()(gateway.call((a: number, b: number = 2) => a + b, 1), true);
  expectType<Promise<number>>()(gateway.call((a: number, b?: number) => a + (b ?? 0), 1), true);
  // @ts-expect-error: two arguments are wanted
  gateway.call((a: number, b: number) => a + b, 1);
  // @ts-expect-error: a number is wanted
  gateway.call((a: number) => a, "1");
}

/** Never called: the caller states the types of source text and modules. */
export function sourceAndModules(gateway: Gateway, group: Group): void {
  expectType<Channel>()(gateway.remoteExec(`1`), true);
  expectType<Channel<string, number>>()(gateway.remoteExec<string, number>(`1`), true);
  expectType<Channel<string>>()(gateway.remoteExec<string>(new URL("file:///job.ts")), true);
  expectType<MultiChannel<string>>()(group.remoteExec<string>(`1`), true);
  // @ts-expect-error: there is no such option
  gateway.remoteExec(`1`, 1, { isolated: true });
}

/** Never called: the group of a gateway is a Group. */
export function groupOfGateway({ group }: Gateway): void {
  expectType<AsyncIterableIterator<number, undefined>>()(group.map([1], (n: number) => n), true);
  expectType<MultiChannel<string>>()(
    group.remoteExec(async function* () {
      yield "a";
    }),
    true,
  );
  expectType<Gateway | undefined>()(group.get("x"), true);
  expectType<Promise<Map<string, MemberStatus>>>()(group.remoteStatus(), true);
}

/** Never called: functions that pass on their own parameters. */
export function wrapped<Args extends unknown[], T extends { a: number }>(
  gateway: Gateway,
  fn: (...args: Args) => number,
  args: Args,
  remote: (channel: Channel, args: T) => void,
  value: T,
): Promise<number> {
  gateway.remoteExec(remote, value);
  gateway.remoteExec((_: Channel, given: T) => given.a, value);
  return gateway.call(fn, ...args);
}

/** Never called. */
export function maps(group: Group): void {
  const scale = (n: number, by: number) => n * by;
  type Results<T> = AsyncIterableIterator<T, undefined>;
  expectType<Results<number>>()(group.map([1], scale, { args: 2 }), true);
  expectType<Results<number>>()(group.map([1], (n, by) => n * by, { args: 2 }), true);
  expectType<Results<number>>()(group.map([1], (n) => n, { onError: "skip" }), true);
  expectType<Results<number>>()(group.map([1], (n, _, { index }) => n + index), true);
  expectType<Results<number>>()(group.map([1], (n: number, by?: number) => by ?? n), true);
  expectType<Results<[index: number, result: string]>>()(
    group.map([1], async (n) => await `${n}`, { entries: true }),
    true,
  );
  expectType<Results<number | null>>()(
    group.map([1], (n: number) => n, { onError: (_, item) => item > 0 ? "stop" : { value: null } }),
    true,
  );
  // @ts-expect-error: the function needs args
  group.map([1], scale);
  // @ts-expect-error: the function needs args
  group.map([1], scale, { isolate: true });
  // @ts-expect-error: a number is wanted
  group.map([1], scale, { args: "2" });
  // @ts-expect-error: its items are texts
  group.map(["1"], (n: number) => n);
}
