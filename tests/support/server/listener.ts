import { TOKEN } from "./test_server.ts";

/** A server that treats each connection as a test wants. */
export class Listener implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #work: Promise<void>;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();

  constructor(meet: (conn: Deno.Conn) => Promise<void>) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#work = this.#listen(meet);
  }

  get spec(): string {
    return `tcp=127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}//token=${TOKEN}`;
  }

  /** Resolves when a client has connected. */
  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** Resolves when a connection was closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }

  async #listen(meet: (conn: Deno.Conn) => Promise<void>): Promise<void> {
    const met: Promise<void>[] = [];
    try {
      for await (const conn of this.#listener) {
        this.#accepted.resolve();
        met.push(
          meet(conn).catch(() => {}).finally(() => {
            try {
              conn.close();
            } catch { /* the test has closed it */ }

            this.#closed.resolve();
          }),
        );
      }
    } catch { /* closed */ }
    await Promise.all(met);
  }
}
