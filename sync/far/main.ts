/**
 * The far side of a sync: the program that a gateway is given to execute.
 *
 * @module
 */

import { Receiver } from "../target/receiver.ts";
import { sourceOf } from "../source/source.ts";
import { Sender } from "../source/sender.ts";
import type { Link } from "../wire/messages.ts";
import type { FarArguments } from "../wire/settings.ts";
import { RemoteReporter } from "./reporter.ts";

declare const channel: Link;
declare const args: FarArguments;

const { role, path, settings } = args;
const reporter = new RemoteReporter(channel);
const common = {
  link: channel,
  settings,
  reporter,
  accepts: undefined,
  told: () => {},
  stop: undefined,
};
if (role === "receive") {
  await new Receiver({ ...common, path, finished: undefined }).run();
} else {
  await new Sender({ ...common, ...sourceOf(path, settings, undefined, reporter) }).run();
}
