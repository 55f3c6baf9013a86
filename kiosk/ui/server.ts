import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import staticFiles from "@fastify/static";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import { Fault } from "../core/fault.ts";
import type { DemoDesk, Screen } from "../core/ports/wall.ts";
import type { TechnicianPage } from "../core/technician-view.ts";
import { hostIsOurs, isLoopback, isSession, readerIsOurs, safeHeaders, writerIsOurs } from "./guard.ts";
import { parseDemoAct, parseTouch } from "./messages.ts";
import { previewStream, type Stream, screenStream } from "./streams.ts";
import { serveTechnician } from "./technician.ts";
import { openTouches } from "./touches.ts";

export interface ScreenOptions {
  /** 0 takes any free port; `url` says which. */
  readonly port: number;
  /** A loopback name; anything else is refused. */
  readonly host?: string;
  /** Directory of the built page (`npm run build`). */
  readonly dist: string;
  /** Opens the newcomer's drawer; without it `/demo` does not exist. */
  readonly demo?: DemoDesk;
  /** Without it `/technician` does not exist. */
  readonly technician?: TechnicianPage;
}

export interface ServedScreen extends Screen {
  /** Turns every browser that shows the wall to the technician's page. */
  readonly turn: () => void;
  /** How many browsers show a page of ours at this moment. */
  readonly pages: () => number;
}

const bodyMaxBytes = 1024;
/** A name drawn with a finger is the largest touch there is. */
const drawingMaxBytes = 8 * 1024;
const connectionsMax = 64;
const screensMax = 8;
const previewsMax = 4;
const touchesMax = 16;

/**
 * Serves the page to the browser on this machine: what to draw as server-sent events, the preview as MJPEG, touches as
 * small posts. Keeps nothing, logs nothing, sets no cookie: what a page shows with its posts came to
 * it with the events, which no other page may read.
 *
 * @throws Fault `asset-missing` where the page is not built, `port-taken`, `config-invalid` for a host beyond loopback.
 */
export async function openScreen({
  port,
  host = "127.0.0.1",
  dist,
  demo,
  technician,
}: ScreenOptions): Promise<ServedScreen> {
  if (!isLoopback(host)) {
    throw new Fault(
      "config-invalid",
      `The page would listen on ${host}`,
      "Use 127.0.0.1: the page is for this machine only.",
    );
  }
  const root = resolve(dist);
  // Of this process alone: a page that was open before a restart learns the new one with its next events.
  const session = randomBytes(32).toString("base64url");
  const screens = screenStream(await buildOf(root), session, screensMax);
  const previews = previewStream(previewsMax);
  const touches = openTouches(touchesMax);

  const app = fastify({ logger: false, forceCloseConnections: true, bodyLimit: bodyMaxBytes, requestTimeout: 10_000 });
  app.server.maxConnections = connectionsMax;
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(safeHeaders);
    if (!hostIsOurs(request.raw)) return refuse(reply, 403, "host");
    const acts = request.method !== "GET" && request.method !== "HEAD";
    if (acts && !writerIsOurs(request.raw)) return refuse(reply, 403, "origin");
    if (acts && !isSession(session, request.headers["lintel-session"])) return refuse(reply, 403, "session");
  });
  app.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return refuse(reply, status, status < 500 ? "request" : "server");
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, "not-found"));

  await app.register(staticFiles, { root, cacheControl: false });
  app.get("/gallery", (_request, reply) => reply.sendFile("gallery.html"));
  serveStream(app, "/events", screens);
  serveStream(app, "/preview", previews);
  app.post("/touch", { bodyLimit: drawingMaxBytes }, (request, reply) => {
    const touch = parseTouch(request.body);
    if (touch === null) return refuse(reply, 400, "touch");
    return touches.put(touch) ? reply.code(204).send() : refuse(reply, 503, "busy");
  });
  if (demo !== undefined) serveDemo(app, demo);
  const turning = technician === undefined ? null : serveTechnician(app, technician, session);

  await app.listen({ port, host, listenTextResolver: () => "" }).catch((cause: unknown) => {
    if (!isTaken(cause)) throw cause;
    throw new Fault(
      "port-taken",
      `Port ${port} is in use`,
      "Choose another port with --port, or stop what uses it.",
      cause,
    );
  });
  const address = app.server.address();
  const openPort = typeof address === "object" && address !== null ? address.port : port;

  return {
    url: `http://${host === "::1" ? "[::1]" : host}:${openPort}/`,
    show: screens.send,
    preview: previews.send,
    touches: touches.read,
    turn: () => {
      turning?.turn();
      screens.reload();
    },
    pages: () => screens.count() + (turning?.isShown() ? 1 : 0),
    [Symbol.asyncDispose]: async () => {
      touches.end();
      screens.end();
      previews.end();
      await app.close();
    },
  };
}

/** A short name of the built page: the hash of its index, which names every other file by content. */
async function buildOf(root: string): Promise<string> {
  const index = await readFile(join(root, "index.html")).catch((cause: unknown) => {
    throw new Fault("asset-missing", `No page at ${root}`, "Build it once with `npm run build`.", cause);
  });
  return createHash("sha256").update(index).digest("base64url").slice(0, 12);
}

function serveStream<T>(app: FastifyInstance, path: string, stream: Stream<T>): void {
  app.get(path, (request, reply) => {
    if (!readerIsOurs(request.raw)) return refuse(reply, 403, "origin");
    reply.hijack();
    if (!stream.join(reply.raw)) reply.raw.writeHead(503, safeHeaders).end();
  });
}

function serveDemo(app: FastifyInstance, demo: DemoDesk): void {
  app.get("/demo", (request, reply) =>
    readerIsOurs(request.raw) ? reply.send(demo.state()) : refuse(reply, 403, "origin"),
  );
  app.post("/demo", (request, reply) => {
    const act = parseDemoAct(request.body, demo.state());
    if (act === null) return refuse(reply, 400, "act");
    demo.act(act);
    return reply.code(204).send();
  });
}

const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply => reply.code(status).send({ error });

const isTaken = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
