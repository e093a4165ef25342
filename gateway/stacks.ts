/**
 * Makes the stacks of errors start with the user's own line, in the process that starts gateways: the
 * program of the far side has no files to tell its frames by.
 *
 * @module
 */

import { startStacksWithUser } from "../errors/user_stack.ts";

startStacksWithUser(new URL("..", import.meta.url).href, [
  "channel",
  "code",
  "errors",
  "gateway",
  "internal",
  "map",
  "permissions",
  "protocol",
  "spec",
  "transports",
]);
