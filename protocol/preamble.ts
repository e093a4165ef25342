/**
 * The preamble that each side sends once: magic, protocol version and a hello message.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import {
  DEFAULT_LIMITS,
  FIRST_LINE,
  MAGIC,
  PREAMBLE_BYTES,
  PROTOCOL_VERSION,
} from "./constants.ts";
import { decodeFields, encodeFields, numberField, stringField } from "./fields.ts";
import { readUint32, writeUint32 } from "./frames.ts";

/** What each side reports of itself. */
export interface Hello {
  /** Process id. */
  pid: number;
  /** Version of Deno, such as `"2.9.6"`. */
  deno: string;
  /** Version of V8. */
  v8: string;
  /** Version of TypeScript. */
  typescript: string;
  /** Operating system, as `Deno.build.os`. */
  os: string;
  /** Processor architecture, as `Deno.build.arch`. */
  arch: string;
  /** The largest encoded item that it accepts, in bytes. */
  maxItemBytes: number;
  /** The id of the gateway, in the initiator's hello; empty in the remote's. */
  gateway: string;
}

/** Returns the hello of this process. */
export function localHello(gateway: string, maxItemBytes: number): Hello {
  const { version, build, pid } = Deno;
  return { pid, ...version, os: build.os, arch: build.arch, maxItemBytes, gateway };
}

/** Encodes a preamble. */
export function encodePreamble(hello: Hello, version: number = PROTOCOL_VERSION): Uint8Array {
  const message = encodeFields({ ...hello });
  const bytes = new Uint8Array(PREAMBLE_BYTES + message.length);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = version >>> 8;
  bytes[MAGIC.length + 1] = version;
  writeUint32(bytes, MAGIC.length + 2, message.length);
  bytes.set(message, PREAMBLE_BYTES);
  return bytes;
}

/** A part of what the initiator sends. A terminal may have another end of the line. */
const ECHO = FIRST_LINE.trimEnd();

const ECHOED =
  "it sends back what it is sent: its command must start what follows it, and without a terminal " +
  "(`exec -i`, not `-it` or `-t`)";

/** What a {@linkcode PreambleDecoder} accepts. */
export interface PreambleLimits {
  /** Bytes of noise before the magic. */
  maxNoiseBytes: number;
  /** The largest hello message. */
  maxHelloBytes: number;
}

/** Decodes the peer's preamble from a stream that may begin with noise, such as a login banner. */
export class PreambleDecoder {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  #noise = "";
  #noiseBytes = 0;
  readonly #limits: PreambleLimits;
  readonly #side: "initiator" | "remote" | undefined;

  /** @param side The one that reads. Default: either. */
  constructor(limits: PreambleLimits = DEFAULT_LIMITS, side?: "initiator" | "remote") {
    this.#limits = limits;
    this.#side = side;
  }

  /** The bytes before the magic, as text. */
  get noise(): string {
    return this.#noise + new TextDecoder().decode(this.#bytes);
  }

  /**
   * Adds a chunk. Returns the hello and the bytes behind it as soon as the preamble is complete.
   *
   * @throws {ProtocolError} if there is too much noise, the versions differ, the hello is malformed or
   * too long, or something on the way changes the stream in a way that is known.
   */
  push(chunk: Uint8Array): { hello: Hello; rest: Uint8Array<ArrayBuffer> } | undefined {
    const bytes = new Uint8Array(this.#bytes.length + chunk.length);
    bytes.set(this.#bytes);
    bytes.set(chunk, this.#bytes.length);
    this.#bytes = bytes;
    if (!this.#skipNoise() || this.#bytes.length < PREAMBLE_BYTES) return undefined;
    const version = (this.#bytes[MAGIC.length] << 8) | this.#bytes[MAGIC.length + 1];
    if (version !== PROTOCOL_VERSION) {
      this.#checkLabel();
      throw new ProtocolError(
        `the peer speaks version ${version} of the protocol, this side version ` +
          `${PROTOCOL_VERSION}: use the same release of execnet on both`,
      );
    }
    const length = readUint32(this.#bytes, MAGIC.length + 2);
    if (length > this.#limits.maxHelloBytes) {
      throw new ProtocolError(
        `the peer's hello declares ${length} bytes; the limit is ${this.#limits.maxHelloBytes}`,
      );
    }
    const end = PREAMBLE_BYTES + length;
    if (this.#bytes.length < end) return undefined;
    const hello = decodeHello(this.#bytes.subarray(PREAMBLE_BYTES, end));
    if (this.#side === "initiator" && hello.gateway !== "") throw new ProtocolError(ECHOED);
    return { hello, rest: this.#bytes.slice(end) };
  }

  /** Something that puts a label before each line also puts it behind the magic, which ends one. */
  #checkLabel(): void {
    const label = /[^\n]*$/.exec(this.#noise)?.[0] ?? "";
    const next = new TextDecoder().decode(this.#bytes.subarray(MAGIC.length, PREAMBLE_BYTES));
    if (label === "" || !label.startsWith(next.slice(0, label.length))) return;
    throw new ProtocolError(
      `each line of its output begins with ${
        JSON.stringify(label)
      }, and the protocol is no text: leave ` +
        "the labels out (SLURM_LABELIO and --label of srun, --tag and --tag-output of others)",
    );
  }

  /** Drops noise. Returns whether the buffer now begins with the whole magic. */
  #skipNoise(): boolean {
    let at = 0;
    while (at < this.#bytes.length && !startsLikeMagic(this.#bytes, at)) at++;
    if (at > 0) {
      const skipped = this.#bytes.subarray(0, at);
      this.#noise += new TextDecoder().decode(skipped);
      this.#noiseBytes += at;
      this.#bytes = this.#bytes.slice(at);
      if (this.#noise.includes(ECHO)) throw new ProtocolError(ECHOED);
      if (this.#noiseBytes > this.#limits.maxNoiseBytes) {
        throw new ProtocolError(
          `received more than ${this.#limits.maxNoiseBytes} bytes that are not the protocol; the last: ` +
            JSON.stringify(this.#noise.slice(-200)),
        );
      }
    }
    return this.#bytes.length >= MAGIC.length;
  }
}

function startsLikeMagic(bytes: Uint8Array, at: number): boolean {
  const length = Math.min(MAGIC.length, bytes.length - at);
  for (let i = 0; i < length; i++) if (bytes[at + i] !== MAGIC[i]) return false;
  return true;
}

function decodeHello(bytes: Uint8Array): Hello {
  const fields = decodeFields(bytes, "hello");
  const text = (key: string) => stringField(fields, key, "hello");
  const count = (key: string) => numberField(fields, key, "hello");
  return {
    pid: count("pid"),
    deno: text("deno"),
    v8: text("v8"),
    typescript: text("typescript"),
    os: text("os"),
    arch: text("arch"),
    maxItemBytes: count("maxItemBytes"),
    gateway: text("gateway"),
  };
}
