import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { TechnicianPage } from "../core/technician-view.ts";
import { readerIsOurs } from "./guard.ts";

/**
 * The technician's page: its file for everybody on this machine, what it shows for whoever entered the code. The wall's own
 * session stands in every post as ever; the page reads it here, because it must not hear the wall's events.
 */

const code = z.strictObject({ code: z.string().regex(/^\d{8}$/) });

/** How long browsers that are told to look anew are sent to the technician's page. */
const turnMs = 5_000;

export interface Turning {
  /** Whoever asks for the wall within the next seconds is sent to the technician's page. */
  readonly turn: () => void;
  /** A browser shows the technician's page: one that shows it asks every two seconds. */
  readonly isShown: () => boolean;
}

export function serveTechnician(app: FastifyInstance, page: TechnicianPage, session: string): Turning {
  let turnUntilMs = Number.NEGATIVE_INFINITY;
  let askedMs = Number.NEGATIVE_INFINITY;
  const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply =>
    reply.code(status).send({ error });
  const tokenOf = (shown: unknown): string => (typeof shown === "string" ? shown : "");

  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/technician")) askedMs = performance.now();
    if (request.url === "/" && performance.now() < turnUntilMs) return reply.redirect("/technician");
  });
  app.get("/technician", (_request, reply) => reply.sendFile("technician.html"));
  app.get("/technician/session", (request, reply) =>
    readerIsOurs(request.raw) ? reply.send({ session }) : refuse(reply, 403, "origin"),
  );
  app.post("/technician/enter", (request, reply) => {
    const asked = code.safeParse(request.body).data;
    const token = asked === undefined ? null : page.enter(asked.code);
    return token === null ? refuse(reply, 403, "code") : reply.send({ token });
  });
  app.post("/technician/view", (request, reply) => {
    const view = page.view(tokenOf(request.headers["lintel-technician"]));
    return view === null ? refuse(reply, 403, "ended") : reply.send(view);
  });
  app.post("/technician/look", (request, reply) => {
    page.lookAgain(tokenOf(request.headers["lintel-technician"]));
    return reply.code(204).send();
  });
  app.post("/technician/leave", (request, reply) => {
    page.leave(tokenOf(request.headers["lintel-technician"]));
    return reply.code(204).send();
  });
  return {
    turn: () => {
      turnUntilMs = performance.now() + turnMs;
    },
    isShown: () => performance.now() - askedMs < turnMs,
  };
}
