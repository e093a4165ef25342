/** A connection between a client and a server that can be cut, or go dead. */

/** Passes TCP connections on. */
export class Proxy implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #connections: Deno.TcpConn[] = [];
  readonly #ended: Promise<unknown>[] = [];
  #dead = false;

  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#ended.push(this.#accept());
  }

  /** Passes nothing on from now on, without closing anything. */
  goDead(): void {
    this.#dead = true;
  }

  /** Ends all connections. */
  cut(): void {
    for (const connection of this.#connections.splice(0)) {
      try {
        connection.close();
      } catch { /* it is closed */ }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await Promise.all(this.#ended);
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
        this.#connections.push(client, server);
        this.#ended.push(this.#pass(client, server), this.#pass(server, client));
      }
    } catch { /* the listener is closed */ }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const bytes = new Uint8Array(64 * 1024);
    try {
      for (let count = await from.read(bytes); count !== null; count = await from.read(bytes)) {
        for (let at = 0; at < count && !this.#dead;) {
          at += await to.write(bytes.subarray(at, count));
        }
      }
      await to.closeWrite();
    } catch { /* it was cut */ }
  }
}
