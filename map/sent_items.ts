/**
 * The items that one worker was sent, and has not answered.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { Entry } from "./item_state.ts";

/** Items by their position among all that the worker was ever sent, from 0. */
export class SentItems<Item> {
  readonly #entries = new Map<number, Entry<Item>>();
  #count = 0;
  /** Position of the next item that can be answered. */
  #next = 0;

  /** Number of items without an answer. */
  get size(): number {
    return this.#entries.size;
  }

  /** The item that is answered next. */
  get first(): Entry<Item> | undefined {
    for (const entry of this.#entries.values()) return entry;
    return undefined;
  }

  /** Adds items in the order of their sending. */
  add(entries: readonly Entry<Item>[]): void {
    for (const entry of entries) this.#entries.set(this.#count++, entry);
  }

  /** Removes the latest items: they were not sent after all. */
  undo(count: number): void {
    for (let i = 0; i < count; i++) this.#entries.delete(--this.#count);
  }

  /**
   * Removes and returns the next items, which were answered.
   *
   * @throws {ProtocolError} if there are not as many.
   */
  answered(count: number): Entry<Item>[] {
    const entries: Entry<Item>[] = [];
    for (let i = 0; i < count; i++) {
      while (!this.#entries.has(this.#next) && this.#next < this.#count) this.#next++;
      entries.push(this.#remove(this.#next++));
    }
    return entries;
  }

  /**
   * Removes and returns items by their positions, `to` excluded: the worker gives them back.
   *
   * @throws {ProtocolError} if it does not have them.
   */
  givenBack(from: number, to: number): Entry<Item>[] {
    const entries: Entry<Item>[] = [];
    for (let position = from; position < to; position++) entries.push(this.#remove(position));
    return entries;
  }

  /** Removes and returns the item that is answered next: its answer counts no more. */
  giveUpFirst(): Entry<Item> | undefined {
    for (const position of this.#entries.keys()) return this.#remove(position);
    return undefined;
  }

  /** Returns the items that the worker may have begun, and those that it cannot have begun. */
  split(): { begun: Entry<Item>[]; unbegun: Entry<Item>[] } {
    const entries = [...this.#entries.values()];
    const last = entries.findIndex(({ isSentSingly }) => isSentSingly);
    const count = last < 0 ? entries.length : last + 1;
    return { begun: entries.slice(0, count), unbegun: entries.slice(count) };
  }

  #remove(position: number): Entry<Item> {
    const entry = this.#entries.get(position);
    if (entry === undefined) throw new ProtocolError("a worker of a map answered twice");
    this.#entries.delete(position);
    return entry;
  }
}
