import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Fault } from "../../../kiosk/core/fault.ts";
import { hostIsOurs, isSession, readerIsOurs, safeHeaders, writerIsOurs } from "../../../kiosk/ui/guard.ts";
import type { StepName, StepNews } from "../news.ts";
import type { Question, Talk } from "../talk.ts";
import { type Facts, setupState } from "./state.ts";

/** The set-up on the clock's own screen: one page on loopback, gone before the clock wants its port. */
export interface SetupScreen extends AsyncDisposable {
  readonly url: string;
  readonly talk: Talk;
}

const wall = join(import.meta.dirname, "../../../kiosk/ui/dist");
const built = join(wall, "assets");
const files: Readonly<Record<string, readonly [path: string, type: string]>> = {
  "/": [join(import.meta.dirname, "setup.html"), "text/html; charset=utf-8"],
  "/mark.svg": [join(wall, "mark.svg"), "image/svg+xml"],
  "/setup.css": [join(import.meta.dirname, "setup.css"), "text/css; charset=utf-8"],
  "/setup.js": [join(import.meta.dirname, "setup.js"), "text/javascript; charset=utf-8"],
};
const letters: Readonly<Record<string, string>> = {
  "/fraunces.woff2": "fraunces-latin-opsz",
  "/inter.woff2": "inter-latin-wght",
};

/** @param port where the clock's own screen looks; 0 takes any. @throws Fault `port-taken`. */
export async function openSetupScreen({ port }: { readonly port: number }): Promise<SetupScreen> {
  const session = randomBytes(32).toString("base64url");
  const news = new Map<StepName, StepNews>();
  let facts: Omit<Facts, "news"> = { said: "", words: [], question: null };
  let answer: ((text: string) => void) | null = null;
  const server = createServer((request, response) => {
    void serve(request, response, {
      state: () => JSON.stringify({ ...setupState({ ...facts, news }), session }),
      isOurs: (shown) => isSession(session, shown),
      answered: (text) => answer?.(text),
    });
  });
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(taken(port, cause)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    talk: {
      step: (one) => {
        news.set(one.step, one);
        facts = { ...facts, said: "" };
        // Whoever compared the words needs them no more, and from the services on the port is the clock's.
        if (one.step === "words" && one.is !== "begun") facts = { ...facts, words: [] };
        if (one.step === "services" && one.is === "begun") void close();
      },
      say: (said) => {
        facts = { ...facts, said };
      },
      words: (words) => {
        facts = { ...facts, words };
      },
      ask: (question, signal) => asked(question, signal),
    },
    [Symbol.asyncDispose]: close,
  };

  async function asked(question: Question, signal: AbortSignal): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const give = (): void => resolve(null);
    answer = resolve;
    facts = { ...facts, question };
    signal.addEventListener("abort", give, { once: true });
    if (signal.aborted) give();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", give);
      answer = null;
      facts = { ...facts, question: null };
    }
  }
}

/** Both show the same; whoever answers first is heard. */
export const withScreen = (own: Talk, { talk }: SetupScreen): Talk => ({
  step: (news) => {
    own.step(news);
    talk.step(news);
  },
  say: (sentence) => {
    own.say(sentence);
    talk.say(sentence);
  },
  words: (words) => {
    own.words(words);
    talk.words(words);
  },
  ask: async (question, signal) => {
    const answered = new AbortController();
    const either = AbortSignal.any([signal, answered.signal]);
    // At a pipe nobody answers at once, and the screen may yet.
    const atConsole = own.ask(question, either).then((text) => text ?? new Promise<null>(() => {}));
    try {
      return await Promise.race([atConsole, talk.ask(question, either)]);
    } finally {
      answered.abort();
    }
  },
});

interface Serving {
  readonly state: () => string;
  readonly isOurs: (session: string | readonly string[] | undefined) => boolean;
  readonly answered: (text: string) => void;
}

const answerMaxBytes = 16;

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const send = (status: number, type: string, body: string | Uint8Array): void => {
    response.writeHead(status, { ...safeHeaders, "content-type": type, "lintel-setup": "1" }).end(body);
  };
  const { method = "", url = "" } = request;
  if (!hostIsOurs(request) || !readerIsOurs(request)) return send(403, "text/plain", "");
  if (method === "POST" && url === "/answer") {
    if (!writerIsOurs(request) || !serving.isOurs(request.headers["lintel-session"]))
      return send(403, "text/plain", "");
    let text = "";
    for await (const chunk of request as AsyncIterable<Buffer>)
      text = (text + chunk.toString("utf8")).slice(0, answerMaxBytes);
    serving.answered(text);
    return send(204, "text/plain", "");
  }
  if (method !== "GET") return send(404, "text/plain", "");
  if (url === "/state") return send(200, "application/json", serving.state());
  const [path, type] = files[url] ?? letterFile(url) ?? [];
  if (path === undefined || type === undefined) return send(404, "text/plain", "");
  const bytes = await readFile(path).catch(() => null);
  return bytes === null ? send(404, "text/plain", "") : send(200, type, bytes);
}

/** The letters of the clock's own page, where that is built; else the machine's. */
function letterFile(url: string): readonly [string, string] | undefined {
  const beginning = letters[url];
  if (beginning === undefined) return undefined;
  try {
    const name = readdirSync(built).find((one) => one.startsWith(beginning) && one.endsWith(".woff2"));
    return name === undefined ? undefined : [join(built, name), "font/woff2"];
  } catch {
    return undefined;
  }
}

const taken = (port: number, cause: unknown): Fault =>
  new Fault(
    "port-taken",
    `port ${port} is in use`,
    "If the clock or its notice has it: systemctl stop lintel-notice.socket lintel; else choose another with --port.",
    cause,
  );
