import type { ServerResponse } from "node:http";
import type { Frame } from "../core/ports/senses.ts";
import type { Screenful } from "../core/view.ts";
import { safeHeaders } from "./guard.ts";

/** One of the two endless answers: what to draw, and the preview's pictures. Both send the newest and never queue. */
export interface Stream<T> {
  /** False where as many listen as may; nothing was answered then. */
  readonly join: (response: ServerResponse) => boolean;
  readonly send: (value: T) => void;
  readonly end: () => void;
}

/** The wall's own. */
export interface ScreenStream extends Stream<Screenful> {
  /** Every page that listens loads itself anew. */
  readonly reload: () => void;
  /** How many listen. */
  readonly count: () => number;
}

const beatMs = 5_000;
const retryMs = 1_000;

/**
 * Server-sent events: `page` and `session` once (which build the server serves, and what a page has to show with every
 * post), `screen` with a Screenful, `beat` every 5 s. The beat
 * is an event and no comment, because a page cannot see comments and has to notice a server that stands still.
 *
 * @param session of this process; never stored, never in an address.
 * @param build changes when the page's files change, so that an open page knows to load itself anew.
 */
export function screenStream(build: string, session: string, listenersMax: number): ScreenStream {
  const listeners = new Map<ServerResponse, { behind: boolean }>();
  let last: string | null = null;

  const beat = setInterval(() => {
    for (const [response, state] of listeners) if (!state.behind) response.write("event: beat\ndata: 1\n\n");
  }, beatMs);
  beat.unref();

  const deliver = (response: ServerResponse, state: { behind: boolean }): void => {
    if (last === null || state.behind) return;
    state.behind = !response.write(last);
  };

  return {
    join: (response) => {
      if (listeners.size >= listenersMax) return false;
      const state = { behind: false };
      listeners.set(response, state);
      response.on("close", () => listeners.delete(response));
      // What came while the socket was full is skipped: only the newest is sent once it drains.
      response.on("drain", () => {
        state.behind = false;
        deliver(response, state);
      });
      response.writeHead(200, { ...safeHeaders, "content-type": "text/event-stream; charset=utf-8" });
      response.write(`retry: ${retryMs}\nevent: page\ndata: ${build}\n\nevent: session\ndata: ${session}\n\n`);
      deliver(response, state);
      return true;
    },
    reload: () => {
      // No build is called so: to a page it is as if the server served other files now.
      for (const response of listeners.keys()) response.write("event: page\ndata: anew\n\n");
    },
    count: () => listeners.size,
    send: (screenful) => {
      last = `event: screen\ndata: ${JSON.stringify(screenful)}\n\n`;
      for (const [response, state] of listeners) deliver(response, state);
    },
    end: () => {
      clearInterval(beat);
      for (const response of listeners.keys()) response.destroy();
    },
  };
}

const boundary = "lintel-frame";
const partHead = `--${boundary}\r\nContent-Type: image/jpeg\r\n\r\n`;

/**
 * MJPEG as `multipart/x-mixed-replace`. Chromium paints a part only when the next one begins, so the next part's head is
 * written right behind each picture; without that, people see themselves one frame late.
 */
export function previewStream(listenersMax: number): Stream<Frame> {
  const listeners = new Set<ServerResponse>();
  return {
    join: (response) => {
      if (listeners.size >= listenersMax) return false;
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      response.writeHead(200, { ...safeHeaders, "content-type": `multipart/x-mixed-replace; boundary=${boundary}` });
      response.write(partHead);
      return true;
    },
    send: ({ jpeg }) => {
      const ready = [...listeners].filter((response) => !response.writableNeedDrain);
      if (ready.length === 0) return;
      // A copy: the caller may hand the picture's own memory to the inference worker before the socket has taken it.
      const bytes = Buffer.concat([jpeg, Buffer.from(`\r\n${partHead}`)]);
      for (const response of ready) response.write(bytes);
    },
    end: () => {
      for (const response of listeners) response.destroy();
    },
  };
}
