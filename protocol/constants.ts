/**
 * Every number of the wire format. PROTOCOL.md gives the reasons; `constants_test.ts` pins the values.
 *
 * @module
 */

/** Opens the handshake in both directions. A NUL and a byte that is not UTF-8: no login banner has it. */
export const MAGIC: Uint8Array = Uint8Array.of(
  0x00,
  0xff,
  0x65,
  0x78,
  0x65,
  0x63,
  0x6e,
  0x65,
  0x74,
  0x0a, // "\0\xffexecnet\n"
);

/** Raised by every change after which an older peer would misunderstand a newer one. */
export const PROTOCOL_VERSION = 1;

/** The oldest Deno whose `net.Socket({ fd })` works, on either side. */
export const MIN_DENO_VERSION = "2.7.12";

/** After the magic: version (u16) and length of the hello message (u32). */
export const PREAMBLE_BYTES: number = MAGIC.length + 2 + 4;

/** A frame's header: type (u8), channel (u32), payload length (u32), big-endian. */
export const HEADER_BYTES: number = 1 + 4 + 4;

/** What a frame is. The values are the header's first byte. */
export const FrameType = {
  /** A whole item. */
  ITEM: 1,
  /** The beginning of an item larger than a frame: its total length (u32), then its first bytes. */
  ITEM_START: 2,
  /** The next bytes of such an item. */
  ITEM_PART: 3,
  /** Credit: the peer may send this many bytes more (u32). */
  WINDOW: 4,
  /** Half-close: no more items from the sender. */
  END: 5,
  /** The channel is closed; an error as an item, or nothing. */
  CLOSE: 6,
  /** The sender made a channel. */
  OPEN: 7,
  /** Run what the first item says, with the second item as `args`; the channel is opened by this. */
  EXEC: 8,
  /** Asks for a {@linkcode FrameType.STATUS}; the channel field carries the number of the request. */
  STATUS_REQUEST: 9,
  /** The answer: a control message. */
  STATUS: 10,
  /** The initiator asks the remote to end. */
  EXIT: 11,
  /** Code to keep: its hash, then a control message. */
  CODE: 12,
  /** As EXEC, but runs kept code: its hash. The first item is `args`. */
  EXEC_KEPT: 13,
  /** Asks for a {@linkcode FrameType.PONG}. */
  PING: 14,
  /** The answer: some bytes, and nothing more. */
  PONG: 15,
} as const;

/** A value of {@linkcode FrameType}. */
export type FrameType = typeof FrameType[keyof typeof FrameType];

/** Credit that each side has on a new channel, before any WINDOW frame. */
export const INITIAL_WINDOW_BYTES: number = 1024 * 1024;

/** What a window grows to on a long link, at most. */
export const MAX_WINDOW_BYTES: number = 16 * INITIAL_WINDOW_BYTES;

/** The largest payload of one frame. */
export const MAX_FRAME_BYTES: number = 64 * 1024;

/** Codes that a remote keeps for the initiator: the latest. */
export const KEPT_CODES = 128;

/** What names a code: SHA-256. */
export const CODE_HASH_BYTES = 32;

/** What one side takes from the other, and what it holds back on its own account. */
export interface Limits {
  /** The largest encoded item, in bytes. A larger one resets its channel. Default 1 GiB. */
  maxItemBytes: number;
  /** The deepest nesting of an item. Default 256. */
  maxItemDepth: number;
  /** Channels that the peer may have open at once. Default 1,048,576. */
  maxChannels: number;
  /** Bytes of banners and other noise that may come before the magic. Default 64 KiB. */
  maxNoiseBytes: number;
  /** The largest hello message. Default 4 KiB. */
  maxHelloBytes: number;
}

/** The limits where nothing else is said. */
export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  maxItemBytes: 1024 * 1024 * 1024,
  maxItemDepth: 256,
  maxChannels: 1024 * 1024,
  maxNoiseBytes: 64 * 1024,
  maxHelloBytes: 4 * 1024,
});

/** The descriptor that a gateway reads the protocol from. Descriptors 0 to 2 belong to user code. */
export const PROTOCOL_INPUT = "/dev/fd/3";
/** The descriptor that a gateway writes the protocol to. */
export const PROTOCOL_OUTPUT = "/dev/fd/4";
