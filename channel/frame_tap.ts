/**
 * A look at the frames of a connection, for tracing and for tests.
 *
 * @module
 */

import type { FrameType } from "../protocol/constants.ts";
import type { Frame } from "../protocol/frames.ts";

/**
 * Sees each frame of a connection, in order. Its methods must not throw, and must not keep the bytes,
 * whose memory is used again.
 */
export interface FrameTap {
  /** Called with a frame of the peer, before it takes effect. */
  received(frame: Frame): void;
  /**
   * Called with a frame of this side, when it joins the batch that is written next.
   *
   * @param prefix A u32 in front of the payload, such as the credit of a WINDOW frame.
   */
  sent(type: FrameType, channel: number, payload?: Uint8Array, prefix?: number): void;
}
