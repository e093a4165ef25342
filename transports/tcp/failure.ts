/**
 * Why a session of a server did not begin, as the error that says what to do.
 *
 * @module
 */

import {
  AuthenticationError,
  HostNotFoundError,
  LaunchError,
  ProtocolError,
} from "../../errors.ts";
import { messageOf } from "../../internal/errors.ts";
import { Refusal, WrongServer } from "../../protocol/auth.ts";
import { RefusalCode } from "../../protocol/auth_messages.ts";
import { type Address, formatAddress } from "./address.ts";

/** A connection that failed. */
export interface FailedConnection {
  address: Address;
  tls?: unknown;
  /** The id of the gateway that connects; undefined for this process. */
  via?: string;
}

/** Returns the error for a cause. No message has a token in it. */
export function startFailure(cause: unknown, connection: FailedConnection): LaunchError {
  const { address, via } = connection;
  const tls = connection.tls !== undefined;
  const by = via === undefined ? "" : ` via ${via}`;
  const failed = `cannot start a gateway at ${formatAddress(address)}${by}:`;
  if (cause instanceof LaunchError) return new LaunchError(`${failed} ${cause.message}`, { cause });
  if (cause instanceof WrongServer) {
    return new AuthenticationError(
      `${failed} what answers there does not know the token, so it is not the server that the ` +
        `token is for; nothing was sent to it. Check the address`,
      { cause },
    );
  }
  if (cause instanceof Refusal) return refused(cause, failed, tls);
  if (cause instanceof ProtocolError) {
    return new LaunchError(
      `${failed} what answers there is no execnet server${
        tls ? "" : ", or one that wants TLS"
      } (${cause.message})${tls ? "" : "; try tls or ca=path"}`,
      { cause },
    );
  }
  return connectionFailure(cause, failed, connection);
}

function refused(refusal: Refusal, failed: string, tls: boolean): LaunchError {
  if (refusal.code !== RefusalCode.AUTHENTICATION) {
    return new LaunchError(`${failed} the server refused: ${refusal.message}`, { cause: refusal });
  }
  const between = tls
    ? "; or something stands between that shows another certificate than the server's"
    : "; or the server uses TLS, and something between takes it away";
  return new AuthenticationError(
    `${failed} the server does not accept the token. Give the one in the server's token file, as ` +
      `token=… or token_file=…${between}`,
    { cause: refusal },
  );
}

function connectionFailure(
  cause: unknown,
  failed: string,
  { address: { hostname: host }, via }: FailedConnection,
): LaunchError {
  const code = codeOf(cause);
  const message = messageOf(cause);
  const options = { cause };
  if (cause instanceof Error && cause.name === "NotCapable") {
    // The message of a gateway says by itself what to add to its spec.
    const advice = via === undefined ? `; this process needs --allow-net=${host}` : "";
    return new LaunchError(`${failed} ${message}${advice}`, options);
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EAI_NODATA") {
    return new HostNotFoundError(`${failed} the host "${host}" could not be found`, options);
  }
  if (code === "ECONNREFUSED") {
    return new LaunchError(
      `${failed} nothing listens there (connection refused); start a server with ` +
        `deno run … jsr:@x/execnet/serve`,
      options,
    );
  }
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH") {
    return new LaunchError(`${failed} the host did not answer (${code})`, options);
  }
  if (code.includes("WRONG_VERSION_NUMBER")) {
    return new LaunchError(`${failed} it speaks no TLS: leave out tls and ca`, options);
  }
  if (/CERT|ISSUER|SIGNATURE|ALTNAME/.test(code)) {
    return new LaunchError(
      `${failed} its certificate is not trusted (${message}); name the one to trust with ca=path`,
      options,
    );
  }
  return new LaunchError(`${failed} the connection ended while it was made (${message})`, options);
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}
