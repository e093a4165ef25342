import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { inTime } from "../../tests/support/deadline.ts";
import { NodeChild } from "./node_child.ts";

/** Stop and go on, are ignored by default, or belong to the C library. */
const NO_ENDS = [17, 18, 19, 20, 21, 22, 23, 28, 32, 33];
/** Deno never closes its resource for a child whose end it rejects (2.9.6). */
const onLinux = { ignore: Deno.build.os !== "linux", sanitizeResources: false };

function sh(script: string): NodeChild {
  return new NodeChild("/bin/sh", ["-c", script], { stdio: "ignore" });
}

Deno.test("NodeChild tells each signal that ends a child", onLinux, async () => {
  const names = new Set<string | null>();
  for (let number = 1; number <= 64; number++) {
    if (NO_ENDS.includes(number)) continue;
    const { code, signal } = await inTime(`signal ${number}`, sh(`kill -${number} $$`).exited);
    assertEquals(code, null, `signal ${number}`);
    names.add(signal);
  }
  assertEquals(names.size, 64 - NO_ENDS.length);
  assertEquals(
    ["SIGHUP", "SIGKILL", "SIGRTMIN+3", "SIGRTMIN+30"].filter((name) => !names.has(name)),
    [],
  );
});

Deno.test(
  "NodeChild tells ends by real-time signals apart from others at the same time",
  onLinux,
  async () => {
    const lasting = sh("exec sleep 100");
    const ended = ["kill -37 $$", "exit 5", "kill -37 $$", "kill -TERM $$", "exit 0"].map(sh);
    const ends = await inTime("their ends", Promise.all(ended.map(({ exited }) => exited)));
    assertEquals(ends.map(({ code, signal }) => signal ?? code), [
      "SIGRTMIN+3",
      5,
      "SIGRTMIN+3",
      "SIGTERM",
      0,
    ]);
    let isOver = false;
    lasting.exited.then(() => isOver = true);
    assertEquals(isOver, false);
    lasting.child.kill("SIGKILL");
    assertEquals((await inTime("its end", lasting.exited)).signal, "SIGKILL");
  },
);

Deno.test("NodeChild leaves the children of others alone", onLinux, async () => {
  const ours = sh("exec sleep 100");
  const rejected = Promise.withResolvers<unknown>();
  const take = (event: PromiseRejectionEvent) => {
    if (!event.defaultPrevented) rejected.resolve(event.reason);
    event.preventDefault();
  };
  globalThis.addEventListener("unhandledrejection", take);
  try {
    spawn("/bin/sh", ["-c", "kill -37 $$"], { stdio: "ignore" });
    assertEquals(
      `${await inTime("a rejection", rejected.promise)}`,
      "TypeError: Invalid signal: 37",
    );
  } finally {
    globalThis.removeEventListener("unhandledrejection", take);
  }
  ours.child.kill("SIGKILL");
  await inTime("its end", ours.exited);
});
