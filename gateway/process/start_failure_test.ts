import { assert, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { GatewayClosedError, HostNotFoundError, LaunchError } from "../../errors.ts";
import { resolveSpec } from "../../spec/spec.ts";
import { here } from "../../transports/machine/here.ts";
import type { Machine } from "../../transports/machine/machine.ts";
import type { ProcessFacts } from "./exit_message.ts";
import { cancelledError, noAnswerError, startFailure } from "./start_failure.ts";

const FACTS: ProcessFacts = {
  subject: "gateway gw0",
  status: { code: 3, signal: null },
  streamError: undefined,
  noise: "",
  tail: [],
  executing: [],
};
/** A machine that runs no program, such as `deno --version`. */
const HERE: Machine = { ...here, run: () => Promise.reject(new Error("nothing is run")) };
const THERE: Machine = { ...HERE, via: "relay" };

function failureOf(facts: Partial<ProcessFacts>, machine = HERE): Promise<Error> {
  const start = { id: "gw0", spec: resolveSpec("command=sudo -n"), machine };
  return startFailure({ ...FACTS, ...facts }, start);
}

Deno.test("startFailure() leaves the error of a transport as it is", async () => {
  const streamError = new HostNotFoundError("no such host");
  assertStrictEquals(await failureOf({ streamError }, THERE), streamError);
});

Deno.test("startFailure() names the gateway that was lost on the way", async () => {
  const streamError = new GatewayClosedError("gateway relay was ended by SIGKILL");
  const error = await failureOf({ streamError }, THERE);
  assert(error instanceof LaunchError);
  assertEquals(
    error.message,
    "cannot start gateway gw0 via relay: gateway relay was ended by SIGKILL",
  );
  assertStrictEquals(error.cause, streamError);
});

Deno.test("startFailure() shows what was printed in place of a handshake, then stderr", async () => {
  const error = await failureOf({
    noise: "\nWelcome\n  \n",
    tail: ["sudo: a password is required"],
  });
  assert(error instanceof LaunchError);
  assertMatch(error.message, /code 3.*Welcome\n\s+sudo: a password is required/s);
});

Deno.test("noAnswerError() says how long was waited, what was printed, and what to do", () => {
  const { message } = noAnswerError({ ...FACTS, noise: "Password:", tail: ["hint"] }, 300);
  assertEquals(
    message,
    "cannot start gateway gw0: no answer within 300 ms; it printed: Password:\nhint; if it needs " +
      "longer, raise connectTimeout",
  );
  const silent = noAnswerError(FACTS, 300).message;
  assertEquals(
    silent,
    "cannot start gateway gw0: no answer within 300 ms; if it needs longer, raise connectTimeout",
  );
});

Deno.test("cancelledError() says that this side has ended the start", () => {
  const error = cancelledError(FACTS);
  assert(error instanceof GatewayClosedError);
  assertEquals(error.message, "gateway gw0 was ended while it started");
});
