/**
 * Every number of the wire format. PROTOCOL.md gives the reasons, and a test pins the values.
 *
 * @module
 */

/**
 * The first bytes in both directions. No login banner contains them: they have a NUL and a byte that
 * is not UTF-8.
 */
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

/** Raised by every change that makes an older peer misunderstand a newer one. */
export const PROTOCOL_VERSION = 1;

/** The oldest Deno, on either side: the first whose `net.Socket({ fd })` works. */
export const MIN_DENO_VERSION = "2.7.12";

/** After the magic: version (u16) and length of the hello message (u32). */
export const PREAMBLE_BYTES: number = MAGIC.length + 2 + 4;

/** A frame's header: type (u8), channel (u32), payload length (u32), big-endian. */
export const HEADER_BYTES: number = 1 + 4 + 4;

/** The total length (u32) in front of the first bytes of an ITEM_START. */
export const TOTAL_BYTES = 4;

/** Types of frames. The values are the first byte of the header. */
export const FrameType = {
  /** A whole item. */
  ITEM: 1,
  /** The first bytes of an item larger than a frame, behind its total length (u32). */
  ITEM_START: 2,
  /** The next bytes of such an item. */
  ITEM_PART: 3,
  /**
   * Credit: how many more bytes (u32) the receiver of this frame may send; on channel 0, over all
   * channels.
   */
  WINDOW: 4,
  /** Half-close: no more items from the sender. */
  END: 5,
  /** The sender closed the channel; the payload is an error as an item, or empty. */
  CLOSE: 6,
  /** The sender opened a channel. */
  OPEN: 7,
  /** Opens a channel and runs its first item, with its second item as `args`. */
  EXEC: 8,
  /** Requests a {@linkcode FrameType.STATUS}; the channel field is the number of the request. */
  STATUS_REQUEST: 9,
  /** The answer to a STATUS_REQUEST: a control message. */
  STATUS: 10,
  /** Asks the remote to end, and says how many milliseconds (u32) its executions have for that. */
  EXIT: 11,
  /** Code for later EXEC_KEPT frames: its hash, then a control message. */
  CODE: 12,
  /** As EXEC, for the code with this hash. The first item is `args`. */
  EXEC_KEPT: 13,
  /** Requests a {@linkcode FrameType.PONG}. */
  PING: 14,
  /** The answer to a PING. */
  PONG: 15,
  /** The sender gives up the item that it has begun: its parts are dropped. */
  DROP: 16,
  /** The sender has as many bytes (u32) to send on the channel, but the connection's window is used up. */
  BLOCKED: 17,
  /** Credit of the connection (u32), for one channel alone. */
  GRANT: 18,
  /** Tells the initiator an error of its code that failed no execution. */
  UNCAUGHT: 19,
} as const;

/** A value of {@linkcode FrameType}. */
export type FrameType = typeof FrameType[keyof typeof FrameType];

/** The credit of each side on a new channel, before any WINDOW frame. */
export const INITIAL_WINDOW_BYTES: number = 1024 * 1024;

/** The credit of each side over all channels, before any WINDOW frame of channel 0. */
export const INITIAL_CONNECTION_WINDOW_BYTES: number = 512 * 1024;

/** The largest window, which a long link may need. */
export const MAX_WINDOW_BYTES: number = 16 * INITIAL_WINDOW_BYTES;

/** The largest payload of a frame. */
export const MAX_FRAME_BYTES: number = 64 * 1024;

/** How many of the latest CODE frames a remote keeps. */
export const KEPT_CODES = 128;

/** The SHA-256 that names a code. */
export const CODE_HASH_BYTES = 32;

/** The number of errors that were not told (u32), in front of the error of an UNCAUGHT. */
export const MISSED_BYTES = 4;

/** What one side accepts from the other. */
export interface Limits {
  /** The largest encoded item, in bytes. A larger one resets its channel. Default 1 GiB. */
  maxItemBytes: number;
  /** The deepest nesting of an item. Default 1,000. */
  maxItemDepth: number;
  /** What unread items of all channels may take, in bytes. Default 64 MiB. */
  memoryBytes: number;
  /** What one item may become when it is decoded, in bytes; those of buffers do not count. No default limit. */
  maxDecodedBytes: number;
  /** How many channels the peer may have open at once. Default 1,048,576. */
  maxChannels: number;
  /** Bytes of banners and other noise before the magic. Default 64 KiB. */
  maxNoiseBytes: number;
  /** The largest hello message. Default 4 KiB. */
  maxHelloBytes: number;
}

/** The default limits. */
export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  maxItemBytes: 1024 * 1024 * 1024,
  maxItemDepth: 1_000,
  memoryBytes: 64 * 1024 * 1024,
  maxDecodedBytes: Infinity,
  maxChannels: 1024 * 1024,
  maxNoiseBytes: 64 * 1024,
  maxHelloBytes: 4 * 1024,
});

/**
 * The first line of what the initiator sends. A shell that reads the stream by mistake prints what it
 * is, and ends: all shells read this line alike. A loader skips it.
 */
export const FIRST_LINE = "echo execnet: a shell reads what is meant for Deno; exit 97\n";

/** What a loader prints before it ends because the stream does not begin with {@linkcode FIRST_LINE}. */
export const STREAM_CUT = "execnet: something else has read from the stream of the protocol";

/** Added to the length of the program (u32) if its text is deflated. */
export const PROGRAM_DEFLATED = 0x8000_0000;

/** Exit code of a gateway whose initiator is gone: a shell that waits for it kills what it has started. */
export const ORPHANED = 213;

/** The descriptor that a gateway reads the protocol from. Descriptors 0 to 2 belong to user code. */
export const PROTOCOL_INPUT = "/dev/fd/3";
/** The descriptor that a gateway writes the protocol to. */
export const PROTOCOL_OUTPUT = "/dev/fd/4";

/**
 * Where the C library is: Debian, other Linuxes, macOS. A gateway that may start processes uses it to
 * keep its descriptors from them.
 */
export const C_LIBRARIES: readonly string[] = [
  "/lib/x86_64-linux-gnu/libc.so.6",
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
  "/usr/lib/libSystem.B.dylib",
];
