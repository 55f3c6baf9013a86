import { signal } from "@preact/signals";
import type { Screenful, Touch } from "../../core/view.ts";

/** What the page was last sent. It has no other memory of its own. */
export const screenful = signal<Screenful | null>(null);

/** What this page shows with every post, so that the clock knows it from every other page on this machine. */
let session = "";

/** False once nothing came from the clock for too long: then the page must not pretend that it knows anything. */
export const reachable = signal(true);

/** How long a broken line may stay unmentioned. */
const patienceMs = 2_000;
/** The server beats every 5 s; two missed beats mean that it stands still. */
const silenceMs = 12_000;
const reopenMs = 1_000;

/** Listens for good. Reconnects by itself, also where the browser gives up. */
export function listen(): void {
  let doubt: number | undefined;
  let silence: number | undefined;
  let build: string | null = null;

  const lose = (): void => {
    reachable.value = false;
  };
  const heard = (): void => {
    clearTimeout(doubt);
    doubt = undefined;
    reachable.value = true;
    clearTimeout(silence);
    silence = setTimeout(lose, silenceMs);
  };

  const open = (): void => {
    const source = new EventSource("/events");
    source.addEventListener("screen", (event: MessageEvent<string>) => {
      heard();
      screenful.value = JSON.parse(event.data) as Screenful;
    });
    source.addEventListener("beat", heard);
    // After an update the server serves other files than this page was made of.
    source.addEventListener("page", (event: MessageEvent<string>) => {
      heard();
      if (build !== null && build !== event.data) location.reload();
      build = event.data;
    });
    source.addEventListener("session", (event: MessageEvent<string>) => {
      session = event.data;
    });
    source.addEventListener("error", () => {
      doubt ??= setTimeout(lose, patienceMs);
      if (source.readyState !== EventSource.CLOSED) return;
      source.close();
      setTimeout(open, reopenMs);
    });
  };
  doubt = setTimeout(lose, patienceMs);
  open();
}

/** Tells the clock what was touched. A lost touch changes nothing on the screen, so the person simply touches again. */
export function touch(what: Touch): void {
  post("/touch", what).catch(() => undefined);
}

export const post = (path: string, body: unknown): Promise<Response> =>
  fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "lintel-session": session },
    body: JSON.stringify(body),
  });
