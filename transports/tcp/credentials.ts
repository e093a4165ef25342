/**
 * The token and the certificates that a client needs, read from where its spec says.
 *
 * @module
 */

import { LaunchError, SpecError } from "../../errors.ts";
import { messageOf } from "../../internal/errors.ts";
import { TokenKey } from "../../protocol/auth.ts";
import type { ServerOptions } from "./keys.ts";
import type { TlsOptions } from "./socket.ts";
import { defaultTokenFile, tokenOf } from "./token_file.ts";

/**
 * Returns the key of a server's token, which may have to be read from its file.
 *
 * @throws {SpecError} if the token is too short, or there is no place to look for it.
 * @throws {LaunchError} if its file cannot be read.
 */
export function tokenKeyOf({ token, token_file }: ServerOptions): TokenKey {
  const text = token?.reveal() ?? readToken(token_file);
  try {
    return new TokenKey(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SpecError(
      `the key "${token === undefined ? "token_file" : "token"}": ${error.message}`,
    );
  }
}

/**
 * Returns which certificates to trust; undefined without TLS.
 *
 * @throws {LaunchError} if their file cannot be read.
 */
export function tlsOf({ tls, ca }: ServerOptions): TlsOptions | undefined {
  if (!tls) return undefined;
  return ca === undefined ? {} : { ca: readFile("ca", ca) };
}

function readToken(file: string | undefined = defaultTokenFile()): string {
  if (file === undefined) {
    throw new SpecError(`a spec with "tcp" needs token=… or token_file=path`);
  }
  return tokenOf(readFile("token_file", file));
}

function readFile(key: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const advice = cause instanceof Deno.errors.NotCapable
      ? `; this process needs --allow-read=${path}`
      : key === "token_file"
      ? `; a server creates it when it starts, and its clients need a copy`
      : "";
    throw new LaunchError(`cannot read ${key}=${path}: ${messageOf(cause)}${advice}`, { cause });
  }
}
