import { assertEquals } from "@std/assert";
import { until } from "../../tests/support/deadline.ts";
import type { ExitStatus, Transport } from "../transport.ts";
import { RemoteKillTransport } from "./remote_kill.ts";

Deno.test("RemoteKillTransport reports what was written, so that memory can be given back", () => {
  const near: Partial<Transport> = {
    exited: Promise.resolve({ code: 0, signal: null }),
    write: (_, written) => written?.(),
  };
  let count = 0;
  const far = new RemoteKillTransport(near as Transport, "mark", () => Promise.resolve());
  far.write([Uint8Array.of(1)], () => count++);
  assertEquals(count, 1);
});

/** A program that reaches the far process, and notes the signals that it gets. */
function near() {
  const signals: string[] = [];
  const ended = Promise.withResolvers<ExitStatus>();
  const transport: Partial<Transport> = {
    exited: ended.promise,
    abort: (signal) => void signals.push(signal),
  };
  return { transport: transport as Transport, signals, end: ended.resolve };
}

Deno.test("RemoteKillTransport gives up what is to end the far process some time after SIGKILL", async () => {
  const { transport, signals, end } = near();
  const kills: AbortSignal[] = [];
  const far = new RemoteKillTransport(transport, "mark", (signal) => {
    kills.push(signal);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  });
  far.abort("SIGTERM");
  end({ code: 0, signal: null });
  far.abort("SIGKILL");
  assertEquals(await far.exited, { code: null, signal: "SIGKILL" });
  assertEquals([signals, kills.length], [["SIGTERM", "SIGKILL"], 1]);
});

Deno.test("RemoteKillTransport lets a program that ends the far process give back what it holds", async () => {
  const { transport, signals, end } = near();
  const far = new RemoteKillTransport(transport, "mark");
  far.abort("SIGTERM");
  far.abort("SIGKILL");
  assertEquals(signals, ["SIGTERM"]);
  await until("SIGKILL", () => signals.at(-1) === "SIGKILL");
  end({ code: 1, signal: null });
  assertEquals(await far.exited, { code: null, signal: "SIGKILL" });
});

Deno.test("RemoteKillTransport passes on how the far process ended by itself", async () => {
  for (
    const [code, told] of [[3, { code: 3, signal: null }], [137, {
      code: null,
      signal: "SIGKILL",
    }]] as const
  ) {
    const { transport, end } = near();
    const far = new RemoteKillTransport(transport, "mark", () => Promise.resolve());
    end({ code, signal: null });
    assertEquals(await far.exited, told);
  }
});

Deno.test("RemoteKillTransport takes the exit code that the far side tells, and ends what hangs", async () => {
  const exited = Promise.withResolvers<ExitStatus>();
  const ending: Partial<Transport> = {
    exited: exited.promise,
    abort: (signal) => exited.resolve({ code: null, signal }),
  };
  const far = new RemoteKillTransport(ending as Transport, "mark", () => Promise.resolve());
  assertEquals(far.shownOf("mark my words"), "mark my words");
  assertEquals(far.shownOf("the last lineif any, mark: 3"), "the last lineif any, ");
  assertEquals(far.shownOf("mark: 3"), undefined);
  assertEquals(await far.exited, { code: 3, signal: null });
});
