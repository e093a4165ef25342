/**
 * The gateways of a group, and their ids.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";

/** A member that is not up yet: its start was planned by `Group.open`, or has begun. */
type Stage = "planned" | "starting";

/** The members of a group by id, in the order in which their starts were asked for. */
export class Members<Member extends { readonly id: string }> implements Iterable<Member> {
  readonly #entries = new Map<string, Member | Stage>();
  readonly #defaultIds = new DefaultIds();

  /** Number of members that are up. */
  get size(): number {
    let size = 0;
    for (const _member of this) size++;
    return size;
  }

  /** Returns the member of an id, or at an index of the iteration; undefined if there is none. */
  get(key: string | number): Member | undefined {
    if (typeof key === "number") return [...this][key];
    const entry = this.#entries.get(key);
    return isStage(entry) ? undefined : entry;
  }

  /** Returns whether a member with this id, or this member, is up. */
  has(key: string | Member): boolean {
    return typeof key === "string" ? this.get(key) !== undefined : this.get(key.id) === key;
  }

  /** Iterates over the members that are up. */
  *[Symbol.iterator](): IterableIterator<Member> {
    for (const entry of this.#entries.values()) if (!isStage(entry)) yield entry;
  }

  /** Reserves a place in the order for an id whose start is asked for later. */
  plan(id: string): void {
    this.#entries.set(id, "planned");
  }

  /**
   * Reserves an id for a start.
   *
   * @param wanted Default: the next of `gw0`, `gw1`, … that is free.
   * @throws {SpecError} if a member, or a start, has that id.
   */
  reserve(wanted: string | undefined): string {
    const id = wanted ?? this.#defaultIds.next((id) => this.#isTaken(id));
    if (this.#isTaken(id)) throw new SpecError(`the id "${id}" is taken in this group`);
    this.#entries.set(id, "starting"); // a planned id keeps its place
    return id;
  }

  /** Adds a member that is up, in the place of its id. */
  add(member: Member): void {
    this.#entries.set(member.id, member);
  }

  /** Frees an id. */
  delete(id: string): void {
    this.#entries.delete(id);
  }

  #isTaken(id: string): boolean {
    return this.#entries.has(id) && this.#entries.get(id) !== "planned";
  }
}

/** The ids of gateways that ask for none: `gw0`, `gw1`, … */
export class DefaultIds {
  #next = 0;

  /** Returns the next id that is not taken. */
  next(isTaken: (id: string) => boolean): string {
    let id: string;
    do id = `gw${this.#next++}`; while (isTaken(id));
    return id;
  }
}

function isStage<Member>(entry: Member | Stage): entry is Stage {
  return entry === "planned" || entry === "starting";
}
