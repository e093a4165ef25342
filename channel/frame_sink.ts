/**
 * Where the frames of channels go: a scheduler, or what holds them until there is one.
 *
 * @module
 */

import type { FrameType } from "../protocol/constants.ts";

/** A channel that may have frames to write, as the scheduler sees it. */
export interface FrameSource {
  /** Writes its next frame; returns false if it has none that it may send now. */
  writeFrame(): boolean;
}

/** Takes the frames of channels; see `send/scheduler.ts`. */
export interface FrameSink {
  /** Whether a small frame may go straight into the batch. */
  readonly idle: boolean;
  /** Whether the peer has to read before anything more can be handed over. */
  readonly blocked: boolean;
  /** Resolves when all frames so far have been handed over. */
  readonly handedOver: Promise<void>;
  /** Counts a send whose frame was appended; resolves when its sender may go on. */
  accepted(): Promise<void>;
  /** Calls `writeFrame` of `source`, in turn with other sources, until it returns false. */
  request(source: FrameSource): void;
  /**
   * Appends a frame.
   *
   * @param prefix A u32 in front of the payload; default: none.
   * @param written Called when the payload's memory is free again; never if the stream breaks before.
   */
  frame(
    type: FrameType,
    channel: number,
    payload?: Uint8Array,
    prefix?: number,
    written?: () => void,
  ): void;
}
