import { assertEquals } from "@std/assert";
import { exitMessage, type ProcessFacts, whileRunning } from "./exit_message.ts";

const FACTS: ProcessFacts = {
  subject: "gateway gw0",
  status: { code: 3, signal: null },
  streamError: undefined,
  noise: "",
  tail: [],
  executing: [],
};

Deno.test("exitMessage() says how a process ended", () => {
  const messageOf = (facts: Partial<ProcessFacts>) => exitMessage({ ...FACTS, ...facts });
  const killed = { code: null, signal: "SIGKILL" };
  const unknown = { code: null, signal: null };
  assertEquals(messageOf({}), "gateway gw0 ended with code 3");
  assertEquals(messageOf({ status: killed }), "gateway gw0 was ended by SIGKILL");
  assertEquals(messageOf({ status: unknown }), "gateway gw0 cannot be reached any more");
  assertEquals(
    messageOf({ status: unknown, streamError: new Error("reset") }),
    "gateway gw0 cannot be reached any more: reset",
  );
});

Deno.test("exitMessage() names the lack of memory as the reason, unless the process ended well", () => {
  const tail = ["Fatal JavaScript out of memory: Reached heap limit"];
  const end = "; its last lines on stderr:\n    Fatal JavaScript out of memory: Reached heap limit";
  assertEquals(
    exitMessage({ ...FACTS, tail, status: { code: null, signal: "SIGTRAP" } }),
    `gateway gw0 ran out of memory (SIGTRAP)${end}`,
  );
  assertEquals(
    exitMessage({ ...FACTS, tail, status: { code: 0, signal: null } }),
    `gateway gw0 ended with code 0${end}`,
  );
});

Deno.test("exitMessage() escapes control characters of what was printed", () => {
  const message = exitMessage({ ...FACTS, tail: ["\x1b]0;title\x07"] });
  assertEquals(message.endsWith("\n    \\u001b]0;title\\u0007"), true, message);
});

Deno.test("exitMessage() shows what ran, and the last lines of stderr", () => {
  const tail = ["1", "2", "3", "4", "5", "6"];
  assertEquals(
    exitMessage({ ...FACTS, executing: ["a.ts", "b.ts"], tail }),
    "gateway gw0 ended with code 3, while it ran a.ts, b.ts; its last lines on stderr:" +
      "\n    2\n    3\n    4\n    5\n    6",
  );
});

Deno.test("exitMessage() says that the process was asked to end, and what took too long", () => {
  const messageOf = (executing: string[], isOver: boolean) =>
    exitMessage({ ...FACTS, executing, grace: { ms: 100, isOver } });
  const asked = "gateway gw0 was asked to end, and ended with code 3";
  assertEquals(messageOf([], false), asked);
  assertEquals(messageOf([], true), asked);
  assertEquals(messageOf(["a"], false), `${asked}, while it ran a`);
  assertEquals(
    messageOf(["a"], true),
    `${asked}, while it ran a, which did not end within the 100 ms for that`,
  );
  assertEquals(
    messageOf(["a", "b"], true),
    `${asked}, while it ran a, b, not all of which ended within the 100 ms for that`,
  );
});

Deno.test("whileRunning() names five executions at most", () => {
  assertEquals(whileRunning([]), "");
  assertEquals(whileRunning(["a", "b", "c", "d", "e", "f"]), ", while it ran a, b, c, d, e");
});
