/**
 * What a connection asks of the code that uses it.
 *
 * @module
 */

import type { RemoteErrorInit } from "../../errors.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import type { ExecRequest, KeptCode, StatusReport } from "../../protocol/control.ts";
import type { Channel } from "../channel.ts";
import type { Binding, ChannelOwner } from "../binding.ts";
import type { ChannelCore } from "../core.ts";
import type { Bridges } from "./bridge.ts";
import type { ChannelIds } from "./channel_table.ts";
import type { FrameTap } from "../frame_tap.ts";
import type { StatusRequests } from "./status_requests.ts";

interface EitherHandler {
  /** The object that channels give as their `gateway`. */
  readonly owner: ChannelOwner;
  /** Ids of this side's channels, if connections share them; default: its own. */
  readonly ids?: ChannelIds;
  /** Sees each frame; default: nothing does. */
  readonly tap?: FrameTap;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
  /** Reports bytes that were decoded into memory of their own. */
  itemsDecoded?(bytes: number): void;
  /**
   * The stream ended (no error), broke, or the peer broke the protocol. Returns the error that
   * everything that waits on the connection fails with.
   */
  lost(error: Error | undefined): Error;
}

/** The handler of the side that runs code on the other one. */
export interface InitiatorHandler extends EitherHandler {
  readonly side: "initiator";
  /** Joins channels of other connections to this one; a remote has no other. */
  readonly bridges: Bridges;
  /** The requests for its status; a remote sends none. */
  readonly statusRequests: StatusRequests;
  /** Returns what to do about an error of the remote, by its message. */
  advise?(message: string): string | undefined;
  /**
   * Bounds what errors of the remote take in memory: returns the error, or the beginning of it.
   *
   * @param bytes What it takes while something refers to `keeper`.
   */
  boundError?(init: RemoteErrorInit, bytes: number, keeper: object): RemoteErrorInit;
  /**
   * Takes an error that failed no execution. The bytes are overwritten later.
   *
   * @param channel The channel that its code was sent on; 0 if that is not known.
   * @param missed The number of errors that the remote has not told.
   */
  uncaught?(channel: number, missed: number, error: Uint8Array): void;
}

/** The handler of the side that code runs on. */
export interface RemoteHandler extends EitherHandler {
  readonly side: "remote";
  /** Runs `request`. Code that is not among the kept arrives as the first item of the channel. */
  exec(channel: Channel, request: ExecRequest, kept?: KeptCode): void;
  /**
   * A channel was received in an item, on the channel `over`, or one of this side is sent for the first
   * time: from now on the handler may let it go. Default: it is kept.
   */
  received?(core: ChannelCore, over: Binding | undefined): void;
  /** Reports what runs. */
  status(): StatusReport;
  /** The initiator asks this side to end, after its executions have, or after `graceMs`. */
  exit(graceMs: number): void;
}

/** Handles what concerns no channel. */
export type ConnectionHandler = InitiatorHandler | RemoteHandler;
