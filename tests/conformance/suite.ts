/**
 * The behaviour of gateways over any transport. A transport joins with one call of
 * {@linkcode conformance}.
 */

import type { Gateway } from "../../gateway/gateway.ts";
import { inTime, until } from "../support/deadline.ts";
import { isForgotten } from "../support/garbage.ts";
import { lackOf } from "../support/needs.ts";
import { callbackTests } from "./callbacks.ts";
import { closeTests } from "./close.ts";
import { cutTests } from "./cut.ts";
import { executionTests } from "./execution.ts";
import { functionTests } from "./functions.ts";
import { generatorTests } from "./generators.ts";
import { halfCloseTests } from "./half_close.ts";
import { itemTests } from "./items.ts";
import { moduleTests } from "./modules.ts";
import { passingTests } from "./passing.ts";
import { receiveTests } from "./receive.ts";
import { remoteErrorTests } from "./remote_errors.ts";
import { remoteStackTests } from "./remote_stacks.ts";
import { serializationTests } from "./serialization.ts";
import { sourceTests } from "./sources.ts";
import { statusTests } from "./status.ts";
import { streamTests } from "./streams.ts";
import { terminationTests } from "./termination.ts";
import { volumeTests } from "./volume.ts";
import type { Behaviour } from "./behaviour.ts";

const THEMES: readonly ((behaves: Behaviour) => void)[] = [
  receiveTests,
  closeTests,
  cutTests,
  halfCloseTests,
  callbackTests,
  streamTests,
  passingTests,
  executionTests,
  sourceTests,
  remoteErrorTests,
  remoteStackTests,
  functionTests,
  moduleTests,
  generatorTests,
  itemTests,
  serializationTests,
  volumeTests,
  statusTests,
  terminationTests,
];

/**
 * Registers the whole suite for a transport; each test has its own gateway, from `makeGateway`.
 * With `isolated`, each execution has its own process, and tests that need a shared one are left
 * out. With `ignore`, the tests are ignored, because this machine lacks something.
 */
export function conformance(
  name: string,
  makeGateway: () => Promise<Gateway>,
  { isolated = false, ignore = false }: { isolated?: boolean; ignore?: boolean } = {},
): void {
  const register: Behaviour["shared"] = (sentence, body, needs = []) => {
    const lack = lackOf(needs);
    const options = { name: `${name}: ${sentence}${lack}`, ignore: ignore || lack !== "" };
    Deno.test(options, async () => {
      await using gateway = await inTime("the start of a gateway", makeGateway());
      await inTime("the test", body(gateway));
    });
  };
  const behaves: Behaviour = Object.assign(register, { shared: isolated ? () => {} : register });
  for (const theme of THEMES) theme(behaves);

  Deno.test({ name: `${name}: a gateway that has ended is forgotten`, ignore }, async () => {
    const used = await inTime("the use of a gateway", useOnce(makeGateway));
    await until("nothing holds the gateway", () => isForgotten(used));
  });
}

async function useOnce(makeGateway: () => Promise<Gateway>): Promise<WeakRef<Gateway>> {
  await using gateway = await makeGateway();
  const item = await gateway.remoteExec(`await channel.send(1)`).receive();
  await gateway.call((n: unknown) => n, item);
  return new WeakRef(gateway);
}
