/** Exact streams in memory, for handshakes. */

import type { ExactStream } from "../../protocol/auth_messages.ts";

/** One end of a pipe in memory, which keeps what it was sent. */
export class End implements ExactStream {
  readonly sent: Uint8Array[] = [];
  peer: End | undefined;
  #arrived: Uint8Array = new Uint8Array();
  #ended = false;
  #waiting: (() => void) | undefined;

  static pair(): [End, End] {
    const [a, b] = [new End(), new End()];
    a.peer = b;
    b.peer = a;
    return [a, b];
  }

  push(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#arrived.length + bytes.length);
    joined.set(this.#arrived);
    joined.set(bytes, this.#arrived.length);
    this.#arrived = joined;
    this.#waiting?.();
  }

  end(): void {
    this.#ended = true;
    this.#waiting?.();
  }

  async read(count: number): Promise<Uint8Array | undefined> {
    while (this.#arrived.length < count) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    const bytes = this.#arrived.slice(0, count);
    this.#arrived = this.#arrived.slice(count);
    return bytes;
  }

  write(bytes: Uint8Array): void {
    this.sent.push(bytes);
    this.peer?.push(bytes);
  }
}
