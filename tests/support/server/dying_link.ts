/** A link that can die without a word: its ends stay open, and nothing arrives any more. */
export class DyingLink implements AsyncDisposable {
  /** Bytes that clients have sent. */
  sent = 0;
  readonly #listener: Deno.TcpListener;
  readonly #port: number;
  readonly #ends: Deno.Conn[] = [];
  readonly #passing = new Set<Promise<unknown>>();
  #isDead = false;

  /** @param port Where the server listens. */
  constructor(port: number) {
    this.#port = port;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#passing.add(this.#listen());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** From now on, nothing arrives. */
  die(): void {
    this.#isDead = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const end of this.#ends) end.close();
    await Promise.all(this.#passing);
  }

  async #listen(): Promise<void> {
    try {
      for await (const near of this.#listener) {
        const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
        this.#ends.push(near, far);
        this.#passing.add(this.#pass(near, far, (count) => this.sent += count));
        this.#passing.add(this.#pass(far, near, () => {}));
      }
    } catch { /* closed */ }
  }

  /** Reads on when the link is dead: what is sent then is lost. So are the ends of streams. */
  async #pass(from: Deno.Conn, to: Deno.Conn, seen: (count: number) => void): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        seen(count);
        for (let at = 0; at < count && !this.#isDead;) {
          at += await to.write(buffer.subarray(at, count));
        }
      }
      if (!this.#isDead) await to.closeWrite();
    } catch { /* the test is over, or an end was reset */ }
  }
}
