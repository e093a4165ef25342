import { assert, assertEquals } from "@std/assert";
import { GatewayClosedError, LaunchError, ProtocolError } from "../../errors.ts";
import type { ProcessFacts } from "./exit_message.ts";
import { breachError, exitError, orphanError, silentError } from "./loss.ts";

const FACTS: ProcessFacts = {
  subject: "gateway gw0",
  status: { code: null, signal: "SIGKILL" },
  streamError: undefined,
  noise: "",
  tail: ["last"],
  executing: ["job.ts"],
};

Deno.test("exitError() has what is known of the process as properties", () => {
  const error = exitError(FACTS);
  assert(error instanceof GatewayClosedError);
  const { code, signal, stderrTail, executing } = error;
  assertEquals({ code, signal, stderrTail, executing }, {
    code: null,
    signal: "SIGKILL",
    stderrTail: ["last"],
    executing: ["job.ts"],
  });
  assertEquals("cause" in error, false);
});

Deno.test("breachError() is of the launch until the process has answered", () => {
  const cause = new ProtocolError("the peer sent noise");
  const starting = breachError(FACTS, cause, false);
  assert(starting instanceof LaunchError);
  assertEquals(starting.message, "cannot start gateway gw0: the peer sent noise");
  const up = breachError(FACTS, cause, true);
  assert(up instanceof ProtocolError);
  assertEquals(up.message, "gateway gw0 was ended, because the peer sent noise");
  assertEquals([starting.cause, up.cause], [cause, cause]);
});

Deno.test("silentError() names the limit and what ran", () => {
  const { message } = silentError(FACTS, 5);
  assertEquals(
    message,
    "gateway gw0 was ended, because nothing was received from it for 5 s (heartbeat=5): it is busy " +
      "or stopped, or its link is dead, while it ran job.ts",
  );
});

Deno.test("orphanError() gives the reason of the gateway's end, if there is one", () => {
  const ended = "gateway gw0 was ended, because its gateway is gone";
  assertEquals(orphanError(FACTS, undefined).message, ended);
  assertEquals("cause" in orphanError(FACTS, undefined), false);
  const reason = new Error("it was killed");
  const error = orphanError(FACTS, reason);
  assertEquals([error.message, error.cause], [`${ended}: it was killed`, reason]);
});
