/**
 * The token of a server.
 *
 * @module
 */

import { LaunchError, SpecError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { defaultTokenFile, tokenOf } from "../transports/tcp/token_file.ts";
import { TokenKey } from "../protocol/auth.ts";

/** A token that is ready for use. */
export interface OpenToken {
  key: TokenKey;
  /** Where it is kept, by each name that is known. */
  files: string[];
  warnings: string[];
}

const TOKEN_BYTES = 32;
const OTHERS_BITS = 0o077;

/**
 * Takes the token that was given, or reads it, or makes a new one and prints it.
 *
 * @throws {SpecError} when it is too short, or there is no place for it.
 * @throws {LaunchError} when its file cannot be read or made.
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

/** Makes a token, and prints it: that is the one time that it can be seen but in its file. */
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
  console.log(`created ${file}; clients need this token, which is shown only now:\n${token}`);
  return token;
}

function fileError(what: string, file: string, cause: unknown): LaunchError {
  return new LaunchError(`cannot ${what} the token file ${file}: ${messageOf(cause)}`, { cause });
}

/** The file by the name given, and by that without links: Deno denies a path as it is written. */
function namesOf(file: string): string[] {
  const names = new Set<string>([file]);
  try {
    names.add(Deno.realPathSync(file));
  } catch {
    // It may not be resolved; the given name has to do.
  }
  return [...names];
}

function exposure(file: string): string[] {
  try {
    const { mode } = Deno.statSync(file);
    if (mode === null || (mode & OTHERS_BITS) === 0) return [];
    return [
      `others than its owner may read or write ${file}: chmod 600 it, and think of the token as known`,
    ];
  } catch {
    return [];
  }
}
