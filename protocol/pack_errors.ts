/**
 * Errors of documents that are not what they should be.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** Returns the error for an extension whose payload is not what its type has. */
export function malformed(type: number): ProtocolError {
  return new ProtocolError(`the peer sent a malformed item (extension type ${type})`);
}

/** Returns the error for a value of another type than has to come. */
export function misplaced(wanted: string): ProtocolError {
  return new ProtocolError(`the peer sent an item with something else in place of ${wanted}`);
}
