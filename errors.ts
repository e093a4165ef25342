/**
 * All errors that this package throws, except the TypeError or RangeError of a wrong argument.
 *
 * Each extends {@linkcode ExecnetError}, so `error instanceof ExecnetError` tells the errors of this
 * package from those of user code.
 *
 * @module
 */

export { ExecnetError } from "./errors/base.ts";
export {
  ChannelClosedError,
  GatewayClosedError,
  type GatewayClosedInit,
  ProtocolError,
  TimeoutError,
} from "./errors/closed.ts";
export { RemoteError, type RemoteErrorInit } from "./errors/remote.ts";
export {
  AuthenticationError,
  DenoNotFoundError,
  DenoVersionError,
  HostKeyError,
  HostNotFoundError,
  LaunchError,
  SpecError,
} from "./errors/start.ts";
export {
  type CapturedName,
  ImpureFunctionError,
  ModuleError,
  SerializationError,
} from "./errors/unsendable.ts";
