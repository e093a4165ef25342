/**
 * The code that a remote keeps for its initiator, so that it is sent once: the view of each side.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { ProtocolError } from "../../errors.ts";
import { CODE_HASH_BYTES, KEPT_CODES, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import {
  decodeKeptCode,
  encodeKeptCode,
  type ExecRequest,
  type KeptCode,
} from "../../protocol/control.ts";

/** Returns a hash of {@linkcode CODE_HASH_BYTES}. */
export type CodeHash = (message: Uint8Array) => Uint8Array;

/** How an execution refers to code that the remote keeps. */
export interface CodeReference {
  /** The name of the code. */
  hash: Uint8Array;
  /** The payload of a CODE frame to send before, unless the remote has the code. */
  payload: Uint8Array | undefined;
}

interface Entry {
  head: string;
  text: string;
}

/**
 * The code that the initiator has sent. The remote keeps the latest {@linkcode KEPT_CODES}: both sides
 * forget the same ones, in the order of the frames, so that there is no race.
 */
export class SentCode {
  readonly #hash: CodeHash;
  /** Hashes by text, then by the other fields: so no long key is built. */
  readonly #hashes = new Map<string, Map<string, Uint8Array>>();
  /** A ring in the order of sending: the next entry replaces the oldest. */
  readonly #entries: Entry[] = [];
  #next = 0;

  constructor(hash: CodeHash) {
    this.#hash = hash;
  }

  /** Returns the hash of code, or `undefined` if a control message cannot hold its text. */
  refer(request: ExecRequest, text: string): CodeReference | undefined {
    const { kind, position, isolated, name } = request;
    const head = `${kind} ${position} ${isolated} ${name}`;
    const known = this.#hashes.get(text)?.get(head);
    if (known !== undefined) return { hash: known, payload: undefined };
    if (text.length > MAX_FRAME_BYTES || !text.isWellFormed()) return undefined;
    const message = encodeKeptCode({ ...request, text });
    if (CODE_HASH_BYTES + message.length > MAX_FRAME_BYTES) return undefined;
    const hash = this.#hash(message);
    this.#add({ head, text }, hash);
    return { hash, payload: concat([hash, message]) };
  }

  #add(entry: Entry, hash: Uint8Array): void {
    this.#forget(this.#entries[this.#next]);
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % KEPT_CODES;
    const heads = this.#hashes.get(entry.text) ?? new Map<string, Uint8Array>();
    this.#hashes.set(entry.text, heads.set(entry.head, hash));
  }

  #forget(entry: Entry | undefined): void {
    if (entry === undefined) return;
    const heads = this.#hashes.get(entry.text);
    heads?.delete(entry.head);
    if (heads?.size === 0) this.#hashes.delete(entry.text);
  }
}

/** The code that the remote keeps, by the hash that the initiator has sent with it. */
export class ReceivedCode {
  readonly #codes = new Map<string, KeptCode>();

  /**
   * Keeps code.
   *
   * @throws {ProtocolError} when the message is not one of code.
   */
  add(hash: Uint8Array, message: Uint8Array): void {
    const code = decodeKeptCode(message);
    const key = keyOf(hash);
    this.#codes.delete(key); // so that it is the latest
    this.#codes.set(key, code);
    if (this.#codes.size <= KEPT_CODES) return;
    const [oldest] = this.#codes.keys();
    this.#codes.delete(oldest);
  }

  /**
   * Returns code.
   *
   * @throws {ProtocolError} when it is not kept.
   */
  get(hash: Uint8Array): KeptCode {
    const code = this.#codes.get(keyOf(hash));
    if (code === undefined) {
      throw new ProtocolError("the peer asked to run code that it has not sent, or not lately");
    }
    return code;
  }
}

function keyOf(hash: Uint8Array): string {
  return String.fromCharCode(...hash);
}
