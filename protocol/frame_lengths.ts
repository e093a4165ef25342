/**
 * The payload length that each type of frame may declare.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import {
  CODE_HASH_BYTES,
  FrameType,
  MAX_FRAME_BYTES,
  MISSED_BYTES,
  TOTAL_BYTES,
} from "./constants.ts";

const NONE = [0, 0] as const;
const SOME = [1, MAX_FRAME_BYTES] as const;

const PAYLOAD_BYTES: Readonly<Record<FrameType, readonly [least: number, most: number]>> = {
  [FrameType.ITEM]: SOME,
  [FrameType.ITEM_START]: [TOTAL_BYTES + 1, MAX_FRAME_BYTES],
  [FrameType.ITEM_PART]: SOME,
  [FrameType.WINDOW]: [4, 4],
  [FrameType.END]: NONE,
  [FrameType.CLOSE]: [0, MAX_FRAME_BYTES],
  [FrameType.OPEN]: NONE,
  [FrameType.EXEC]: SOME,
  [FrameType.STATUS_REQUEST]: NONE,
  [FrameType.STATUS]: SOME,
  [FrameType.EXIT]: [4, 4],
  [FrameType.CODE]: [CODE_HASH_BYTES + 1, MAX_FRAME_BYTES],
  [FrameType.EXEC_KEPT]: [CODE_HASH_BYTES, CODE_HASH_BYTES],
  [FrameType.PING]: NONE,
  [FrameType.PONG]: NONE,
  [FrameType.DROP]: NONE,
  [FrameType.BLOCKED]: [4, 4],
  [FrameType.GRANT]: [4, 4],
  [FrameType.UNCAUGHT]: [MISSED_BYTES + 1, MAX_FRAME_BYTES],
};

/** @throws {ProtocolError} if the type is unknown, or cannot have a payload of `length` bytes. */
export function checkLength(type: FrameType, channel: number, length: number): void {
  const range = PAYLOAD_BYTES[type];
  if (range === undefined) {
    throw new ProtocolError(`the peer sent a frame of unknown type ${type}`);
  }
  const [least, most] = range;
  if (length < least || length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new ProtocolError(
      `the peer sent a frame of type ${type} on channel ${channel} that declares ${length} ` +
        `payload bytes; it must have ${wanted}`,
    );
  }
}
