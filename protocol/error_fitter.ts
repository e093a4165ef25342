/**
 * Cuts errors down to a size: the largest parts first, each with a mark. What cannot be sent at all
 * is left out.
 *
 * @module
 */

import { errorFromParts, errorParts } from "./error_parts.ts";
import { describeType } from "./item_describe.ts";
import { CIRCULAR, type ItemEncoder } from "./item_encoder.ts";
import { kindOf, LIST, PLAIN_OBJECT } from "./item_kinds.ts";
import { ItemType } from "./item_types.ts";

/** A container keeps fewer of its parts, rather than less than this of each. */
const PART_BYTES = 96;
/** With less room, nothing of a container is kept. */
const CONTAINER_BYTES = 48;
/** What the head of a part takes, and the mark of one that was cut, at most. */
const HEAD_BYTES = 8;
const MARK_BYTES = 32;
/** Levels below this are left out. */
const MAX_LEVELS = 100;

/** A container as its parts, and how to make one of as many other parts. */
interface Parts {
  readonly values: readonly unknown[];
  /** What the container takes beside its parts, in bytes. */
  readonly overhead: number;
  build(values: readonly unknown[]): unknown;
}

/** Cuts values; one for each error. */
export class ErrorFitter {
  readonly #encoder: ItemEncoder;
  readonly #ancestors: object[] = [];

  constructor(encoder: ItemEncoder) {
    this.#encoder = encoder;
  }

  /** Returns the value itself if it takes at most `room` bytes, or else what is left of it. */
  fit(value: unknown, room: number): unknown {
    if (this.#sizeOf(value, room) <= room) return value;
    if (typeof value === "string") return this.#cut(value, room);
    if (typeof value !== "object" || value === null) return mark(value);
    if (this.#ancestors.includes(value)) return CIRCULAR;
    if (room < CONTAINER_BYTES || this.#ancestors.length >= MAX_LEVELS) return mark(value);
    this.#ancestors.push(value);
    try {
      return this.#fitParts(this.#partsOf(value, room), room);
    } catch {
      return mark(value); // a part of it cannot be read
    } finally {
      this.#ancestors.pop();
    }
  }

  /** Returns the size of a value, or `Infinity` if it takes more than `room` or cannot be sent. */
  #sizeOf(value: unknown, room: number): number {
    try {
      return this.#encoder.encode(value, "", room).length;
    } catch {
      return Infinity;
    }
  }

  #fitParts({ values, overhead, build }: Parts, room: number): unknown {
    const left = room - overhead - HEAD_BYTES * (1 + values.length);
    const sizes = values.map((value) => this.#sizeOf(value, left));
    const level = levelOf(sizes, left);
    return build(values.map((value, i) => sizes[i] <= level ? value : this.fit(value, level)));
  }

  #partsOf(value: object, room: number): Parts {
    const most = Math.floor(room / PART_BYTES);
    switch (kindOf(value)) {
      case ItemType.ERROR:
        return this.#errorParts(value as Error, most, false);
      case ItemType.DOM_EXCEPTION:
        return this.#errorParts(value as Error, most, true);
      case PLAIN_OBJECT:
        return this.#properties(value as Record<string, unknown>, most);
      case LIST:
        return listParts(value as unknown[], most);
      case ItemType.SET:
        return setParts([...value as Set<unknown>], most);
      case ItemType.MAP:
        return mapParts([...value as Map<unknown, unknown>], most);
      default:
        throw new TypeError("it has no parts");
    }
  }

  #errorParts(error: Error, most: number, isDomException: boolean): Parts {
    const parts = errorParts(error);
    const texts = [parts.name, parts.message, parts.stack];
    const cause = parts.cause.filter((value) => this.#canBeSent(value));
    const { values, overhead, build } = this.#properties(parts.properties, most);
    const fixed = texts.length + cause.length;
    return {
      values: [...texts, ...cause, ...values],
      overhead: overhead + HEAD_BYTES,
      build(values) {
        const [name, message, stack] = values as string[];
        const properties = build(values.slice(fixed)) as Record<string, unknown>;
        const cause = values.slice(texts.length, fixed);
        return errorFromParts({ name, message, stack, cause, properties }, isDomException);
      },
    };
  }

  #properties(object: Record<string, unknown>, most: number): Parts {
    const all = Object.keys(object).filter((key) => this.#canBeSent(object[key]));
    const names = all.slice(0, most);
    const left = all.length - names.length;
    return {
      values: names.map((name) => object[name]),
      overhead: MARK_BYTES + names.join("").length,
      build(values) {
        const cut = names.map((name, i): [string, unknown] => [name, values[i]]);
        return Object.fromEntries(left > 0 ? [...cut, ["…", `${left} more`]] : cut);
      },
    };
  }

  /** Returns whether something of a value can be sent. */
  #canBeSent(value: unknown): boolean {
    if (typeof value === "string") return true;
    try {
      if (typeof value === "object" && value !== null && kindOf(value) !== undefined) return true;
    } catch {
      return false; // a proxy that does not let anybody look
    }
    return this.#sizeOf(value, PART_BYTES) < Infinity;
  }

  #cut(text: string, room: number): string {
    if (text.length <= MARK_BYTES) return text;
    const end = `… (${text.length} characters)`;
    let kept = Math.max(0, Math.floor(room) - MARK_BYTES);
    for (;; kept >>>= 1) {
      const cut = text.slice(0, kept).replace(/[\ud800-\udbff]$/, "") + end;
      if (kept === 0 || this.#sizeOf(cut, room) <= room) return cut;
    }
  }
}

/** Keeps the first elements. Those behind them become holes: so the length tells how many. */
function listParts(list: readonly unknown[], most: number): Parts {
  return {
    values: Array.from(list.slice(0, most)),
    overhead: 0,
    build: (values) => Object.assign([...values], { length: list.length }),
  };
}

function setParts(list: readonly unknown[], most: number): Parts {
  const left = list.length - most;
  return {
    values: list.slice(0, most),
    overhead: MARK_BYTES,
    build: (values) => new Set(left > 0 ? [...values, `… (${left} more)`] : values),
  };
}

function mapParts(entries: readonly [unknown, unknown][], most: number): Parts {
  const shown = entries.slice(0, Math.ceil(most / 2));
  const left = entries.length - shown.length;
  return {
    values: shown.flat(),
    overhead: MARK_BYTES,
    build(values) {
      const map = new Map(shown.map((_, i) => [values[2 * i], values[2 * i + 1]]));
      return left > 0 ? map.set("…", `${left} more`) : map;
    },
  };
}

/** Returns the size that parts are cut to if they are to fit together: the largest are cut first. */
function levelOf(sizes: readonly number[], room: number): number {
  let left = sizes.length;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size * left > room) return room / left;
    room -= size;
    left--;
  }
  return Infinity;
}

function mark(value: unknown): string {
  return `[${describeType(value)}]`;
}
