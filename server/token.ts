/**
 * The token of a server.
 *
 * @module
 */

import { LaunchError, SpecError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { defaultTokenFile, tokenOf } from "../transports/tcp/token_file.ts";
import { TokenKey } from "../protocol/auth.ts";

/** A token, and where it is kept. */
export interface OpenToken {
  key: TokenKey;
  /** Every known path of its file. */
  files: string[];
  warnings: string[];
}

const TOKEN_BYTES = 32;
const OTHERS_BITS = 0o077;

/**
 * Returns the given token, or reads it from its file. If there is no file, it makes a new token and
 * says so on stdout.
 *
 * @throws {SpecError} if the token is too short, or there is no path for its file.
 * @throws {LaunchError} if its file cannot be read or created.
 */
export function openToken(given: { token?: string; tokenFile?: string }): OpenToken {
  if (given.token !== undefined) {
    if (given.tokenFile !== undefined) {
      throw new SpecError("a token and a token file exclude each other");
    }
    return { key: keyOf(given.token, "the token"), files: [], warnings: [] };
  }
  const file = given.tokenFile ?? defaultTokenFile();
  if (file === undefined) {
    throw new SpecError("there is no home directory to keep a token in: name a token file");
  }
  const token = readToken(file) ?? createToken(file, given.tokenFile === undefined);
  return {
    key: keyOf(token, `the token in ${file}`),
    files: namesOf(file),
    warnings: exposure(file),
  };
}

function keyOf(token: string, what: string): TokenKey {
  try {
    return new TokenKey(token);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SpecError(`${what} cannot be used: ${error.message}`);
  }
}

function readToken(file: string): string | undefined {
  try {
    return tokenOf(Deno.readTextFileSync(file));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw fileError("read", file, cause);
  }
}

/** Creates a token. It is printed on a terminal alone: other output may be a log that others read. */
function createToken(file: string, inDefaultPlace: boolean): string {
  const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
  try {
    if (inDefaultPlace) {
      Deno.mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true, mode: 0o700 });
    }
    Deno.writeTextFileSync(file, `${token}\n`, { createNew: true, mode: 0o600 });
  } catch (cause) {
    throw fileError("create", file, cause);
  }
  console.log(
    Deno.stdout.isTerminal()
      ? `created ${file}; clients need this token, which is shown only now:\n${token}`
      : `created ${file}; clients need the token in it`,
  );
  return token;
}

function fileError(what: string, file: string, cause: unknown): LaunchError {
  return new LaunchError(`cannot ${what} the token file ${file}: ${messageOf(cause)}`, { cause });
}

/** Returns the path as given, and without links: Deno denies paths as they are written. */
function namesOf(file: string): string[] {
  const names = new Set<string>([file]);
  try {
    names.add(Deno.realPathSync(file));
  } catch {
    // It may not be permitted to resolve it; the given path has to do.
  }
  return [...names];
}

function exposure(file: string): string[] {
  try {
    const { mode } = Deno.statSync(file);
    if (mode === null || (mode & OTHERS_BITS) === 0) return [];
    return [
      `other users may read or write ${file}: chmod 600 it, and replace the token, which may be known`,
    ];
  } catch {
    return [];
  }
}
