/**
 * Results in the order of their items.
 *
 * @module
 */

/** How many characters of results may wait for one before them, and how many items. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_ITEMS = 10_000;

/** The place of a result. */
export interface Place {
  readonly index: number;
  text?: string;
  /** Set if nothing is passed on behind it. */
  isLast?: true;
}

/** Passes results on in the order of their places; or as they come, if no order is asked for. */
export class Ordered {
  readonly #isOrdered: boolean;
  readonly #pass: (text: string) => void;
  #places: Place[] = [];
  #characters = 0;
  #isEnded = false;
  #room = Promise.withResolvers<void>();

  constructor(isOrdered: boolean, pass: (text: string) => void) {
    this.#isOrdered = isOrdered;
    this.#pass = pass;
  }

  /** Whether the last result was passed on. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Adds the place of the next item. Resolves when there is room for more. */
  async place(index: number, text?: string): Promise<Place> {
    const place: Place = { index };
    if (this.#isOrdered) this.#places.push(place);
    if (text !== undefined) this.fill(place, text);
    while (this.#characters > MAX_CHARACTERS || this.#places.length > MAX_ITEMS) {
      await this.#room.promise;
    }
    return place;
  }

  /** Sets the text of a place. */
  fill(place: Place, text: string): void {
    if (!this.#isOrdered) return this.#passOn(place, text);
    place.text = text;
    this.#characters += text.length;
    let passed = 0;
    for (const first of this.#places) {
      if (first.text === undefined) break;
      passed++;
      this.#characters -= first.text.length;
      this.#passOn(first, first.text);
    }
    if (passed === 0) return;
    this.#places.splice(0, passed);
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  #passOn({ isLast }: Place, text: string): void {
    if (this.#isEnded) return;
    this.#pass(text);
    this.#isEnded = isLast === true;
  }
}
