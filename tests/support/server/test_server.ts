/** Servers for tests: on a free port, with their log kept. */

import { assertEquals } from "@std/assert";
import { Group } from "../../../mod.ts";
import { serve, type ServeOptions, type Server, type ServerEvent } from "../../../serve.ts";
import { until } from "../deadline.ts";

/** The token of all test servers. */
export const TOKEN = "a-token-for-tests-which-nobody-else-may-know";

const tlsFile = (name: string) => new URL(`tls/${name}`, import.meta.url);

/** The certificate that clients trust, as a path. */
export const CA: string = tlsFile("server.pem").pathname;

/** Certificate and key of the test server, or of an `other` one. */
export function tlsOf(who: "server" | "other" = "server"): { cert: string; key: string } {
  return {
    cert: Deno.readTextFileSync(tlsFile(`${who}.pem`)),
    key: Deno.readTextFileSync(tlsFile(`${who}.key`)),
  };
}

type EventOf<Name extends ServerEvent["event"]> = ServerEvent & { event: Name };

/** A server with its log and a group of gateways, which end with it. */
export class TestServer implements AsyncDisposable {
  readonly server: Server;
  readonly events: ServerEvent[] = [];
  readonly group = new Group();
  readonly #tls: boolean;

  constructor(options: ServeOptions = {}) {
    const token = options.tokenFile === undefined ? { token: TOKEN } : {};
    this.server = serve({ ...token, ...options, log: (event) => void this.events.push(event) });
    this.#tls = options.cert !== undefined;
  }

  get port(): number {
    return this.server.address.port;
  }

  /** Returns the spec of a gateway on this server. */
  spec(more = "", token = TOKEN): string {
    const tls = this.#tls ? `//ca=${CA}` : "";
    return `tcp=127.0.0.1:${this.port}//token=${token}${tls}${more === "" ? "" : `//${more}`}`;
  }

  /** Starts a gateway on this server. */
  gateway(more?: string): ReturnType<Group["makeGateway"]> {
    return this.group.makeGateway(this.spec(more));
  }

  /** Waits for an event. */
  async logged<Name extends ServerEvent["event"]>(
    event: Name,
    holds: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    const find = () =>
      this.events.find((each): each is EventOf<Name> =>
        each.event === event && holds(each as EventOf<Name>)
      );
    await until(
      `the event "${event}" in ${JSON.stringify(this.events)}`,
      () => find() !== undefined,
    );
    return find() as EventOf<Name>;
  }

  /** Waits until a connection was refused for this reason. */
  refused(reason: RegExp): Promise<EventOf<"refused">> {
    return this.logged("refused", (event) => reason.test(event.reason));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.group.terminate();
    await this.server.shutdown({ timeout: 0 });
  }
}

/** Checks that another client can still use the server. */
export async function assertUnharmed(server: TestServer): Promise<void> {
  const gw = await server.gateway();
  assertEquals(await gw.call((a: number, b: number) => a + b, 1, 2), 3);
  await gw.terminate();
}
