import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Registry } from "prom-client";
import { Fault } from "../core/fault.ts";
import { createMeters, type Meters } from "./meters.ts";
import { addReadings, type Readings } from "./readings.ts";

export interface FiguresOptions extends Readings {
  /** Null: nobody is served and nothing is counted. 0 takes a free port; `url` says which. */
  readonly port: number | null;
  /** A loopback address; anything else is refused. */
  readonly host?: string;
}

/** Figures about the clock in Prometheus' text format, for a program on this machine. */
export interface Figures extends Meters, AsyncDisposable {
  /** Where they are; null where nobody is served. */
  readonly url: string | null;
}

const unasked: Figures = {
  url: null,
  saw: () => {},
  watch: (screen) => screen,
  committed: () => {},
  look: (observe) => observe,
  [Symbol.asyncDispose]: async () => {},
};

const loopback = ["127.0.0.1", "::1"];
const connectionsMax = 8;

/**
 * Serves `/metrics` on the loopback. A collector on another machine reaches it by way of an agent on this one, which brings
 * its own password and TLS: this clock opens no port to the network for it.
 *
 * @throws Fault `config-invalid` for an address beyond loopback, `port-taken`.
 */
export async function openFigures({ port, host = "127.0.0.1", ...readings }: FiguresOptions): Promise<Figures> {
  if (port === null) return unasked;
  if (!loopback.includes(host)) {
    throw new Fault(
      "config-invalid",
      `The figures would be served on ${host}`,
      "They are for this machine only: let an agent on it (node_exporter's neighbour, vmagent, Alloy) fetch and forward them.",
    );
  }
  const registry = new Registry();
  const meters = createMeters(registry);
  using opening = new DisposableStack();
  opening.use(addReadings(registry, readings));
  const server = createServer((request, response) => void answer(registry, request, response));
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, resolve);
  }).catch((cause: unknown) => {
    throw new Fault(
      "port-taken",
      `Port ${port} for the figures cannot be had`,
      "Choose another one with --metrics-port, or stop what uses it.",
      cause,
    );
  });
  const address = server.address();
  const openPort = typeof address === "object" && address !== null ? address.port : port;
  const rooms = opening.move();
  return {
    ...meters,
    url: `http://${host === "::1" ? "[::1]" : host}:${openPort}/metrics`,
    [Symbol.asyncDispose]: async () => {
      rooms.dispose();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number): void => void response.writeHead(status, { "cache-control": "no-store" }).end();
  if (!isOurs(request)) return refuse(403);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405);
  if (request.url !== "/metrics") return refuse(404);
  const text = await registry.metrics();
  response.writeHead(200, { "content-type": registry.contentType, "cache-control": "no-store" }).end(text);
}

/** A web page in a browser of this machine has no business here, also not under a name that was rebound to us. */
function isOurs({ headers, socket }: IncomingMessage): boolean {
  const names = ["localhost", "127.0.0.1", "[::1]"].map((name) => `${name}:${socket.localPort}`);
  return names.includes(headers.host ?? "") && headers.origin === undefined && headers["sec-fetch-site"] === undefined;
}
