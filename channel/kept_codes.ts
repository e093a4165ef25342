/**
 * The code that a remote keeps for its initiator, as both see it.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { KEPT_CODES, MAX_FRAME_BYTES } from "../protocol/constants.ts";
import {
  decodeKeptCode,
  encodeKeptCode,
  type ExecRequest,
  type KeptCode,
} from "../protocol/control.ts";

/** Code that the remote keeps. */
export interface Kept {
  /** What it is known by. */
  number: number;
  /** The message that brings it, where the remote has not got it yet. */
  message: Uint8Array | undefined;
}

interface Entry {
  head: string;
  text: string;
}

/**
 * Numbers codes, the latest {@linkcode KEPT_CODES} of them. A number that is given again makes the
 * remote forget what had it: so this side alone decides what is kept, and nothing can race.
 */
export class KeptCodes {
  readonly #entries: Entry[] = [];
  /** Numbers by text, then by what else tells codes apart: so no long key is built. */
  readonly #numbers = new Map<string, Map<string, number>>();
  #next = 0;

  /** The number of some code; nothing where it is too long to be kept. */
  keep(request: ExecRequest, text: string): Kept | undefined {
    const { kind, position, isolated, name } = request;
    const head = `${kind} ${position} ${isolated} ${name}`;
    const number = this.#numbers.get(text)?.get(head);
    if (number !== undefined) return { number, message: undefined };
    if (text.length > MAX_FRAME_BYTES) return undefined;
    const message = encodeKeptCode({ ...request, text });
    if (message.length > MAX_FRAME_BYTES) return undefined;
    return { number: this.#add({ head, text }), message };
  }

  #add(entry: Entry): number {
    const number = this.#next;
    this.#next = (number + 1) % KEPT_CODES;
    this.#forget(this.#entries[number]);
    this.#entries[number] = entry;
    const heads = this.#numbers.get(entry.text) ?? new Map<string, number>();
    this.#numbers.set(entry.text, heads.set(entry.head, number));
    return number;
  }

  #forget(entry: Entry | undefined): void {
    if (entry === undefined) return;
    const heads = this.#numbers.get(entry.text);
    heads?.delete(entry.head);
    if (heads?.size === 0) this.#numbers.delete(entry.text);
  }
}

/** What the remote keeps, by the number that its initiator gave it. */
export class ReceivedCodes {
  readonly #codes: KeptCode[] = [];

  /** @throws {ProtocolError} when there is no such number, or it is no code. */
  take(number: number, code: Uint8Array): void {
    if (number >= KEPT_CODES) {
      throw new ProtocolError(`the peer sent code with the number ${number}`);
    }
    this.#codes[number] = decodeKeptCode(code);
  }

  /** @throws {ProtocolError} when nothing was sent under this number. */
  get(number: number): KeptCode {
    const code = this.#codes[number];
    if (code === undefined) {
      throw new ProtocolError(`the peer asked to run code ${number}, which it has not sent`);
    }
    return code;
  }
}
