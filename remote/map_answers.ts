/**
 * The answers of one worker of a map: results gather here until they are sent.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import { SerializationError } from "../errors.ts";
import { roughSize } from "../internal/rough_size.ts";
import { sendableError } from "../protocol/item_error.ts";
import type { MapAnswer } from "../protocol/map_answer.ts";
import { rejectionsReported } from "./rejections.ts";
import { asError } from "./thrown.ts";

/** Results are sent after this time, while the next ones are being made. */
const ANSWER_MS = 2;
/** The same for results of this size. */
const ANSWER_BYTES = 256 * 1024;

// Captured now: user code may replace it.
const now = performance.now.bind(performance);

/** Results that were not sent yet. */
export class MapAnswers {
  readonly #channel: Channel;
  #results: unknown[] = [];
  #failures = new Map<number, Error>();
  #bytes = 0;
  #since = 0;
  #sent: Promise<void> = Promise.resolve();

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Number of results. */
  get size(): number {
    return this.#results.length;
  }

  /** Whether they have waited long enough, or are large enough. */
  get isDue(): boolean {
    return this.#bytes > ANSWER_BYTES || now() - this.#since > ANSWER_MS;
  }

  /** An item begins after a rest: the time for the next results counts from now. */
  begin(): void {
    this.#since = now();
  }

  /** Adds a result. */
  readonly succeed = (result: unknown): void => {
    this.#bytes += roughSize(result);
    this.#results.push(result);
  };

  /** Adds what an item threw. */
  readonly fail = (thrown: unknown): void => {
    this.#failures.set(this.#results.length, asError(thrown));
    this.#results.push(undefined);
  };

  /** Sends all results, after those before. Rejects when the channel has closed. */
  send(more?: Partial<MapAnswer>): Promise<void> {
    const time = now();
    const answer: MapAnswer = { ms: time - this.#since, results: this.#results, ...more };
    if (this.#failures.size > 0) answer.failures = this.#failures;
    this.#results = [];
    this.#failures = new Map();
    this.#bytes = 0;
    this.#since = time;
    // By then it has left, too: if the next item ends the process, this one is not lost with it.
    return this.#sent = this.#sent.then(() => this.#send(answer)).then(rejectionsReported);
  }

  async #send(answer: MapAnswer): Promise<void> {
    try {
      await this.#channel.send(answer);
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error;
      await this.#sendSingly(answer);
    }
  }

  /** Sends each result by itself: one of them cannot be sent, and only its item is to fail. */
  async #sendSingly({ ms, results, failures, back }: MapAnswer): Promise<void> {
    for (const [index, result] of results.entries()) {
      const failure = failures?.get(index);
      const one: MapAnswer = { ms: ms / results.length, results: [result] };
      if (failure !== undefined) one.failures = new Map([[0, failure]]);
      try {
        await this.#channel.send(one);
      } catch (error) {
        if (!(error instanceof SerializationError)) throw error;
        const failures = new Map([[0, sendableError(failure ?? renamed(error))]]);
        await this.#channel.send({ ms: one.ms, results: [undefined], failures });
      }
    }
    if (back !== undefined) await this.#channel.send({ ms: 0, results: [], back });
  }
}

/** Returns the error of a result by the name that its function knows it by. */
function renamed(error: Error): Error {
  error.message = error.message.replace("item.results[0]", "result");
  return error;
}
