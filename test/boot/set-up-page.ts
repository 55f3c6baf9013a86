import { setTimeout as delay } from "node:timers/promises";
import type { SetupState } from "../../provisioning/provision/screen/state.ts";

/** What the page of the set-up asks its own server, as the page does. */

const wallUrl = "http://127.0.0.1:8080/";

type Shown = SetupState & { readonly session: string };

/** Null where somebody else has the port, or nobody. */
export async function pageOfSetUp(): Promise<Shown | null> {
  try {
    const answer = await fetch(new URL("/state", wallUrl), { signal: AbortSignal.timeout(5_000) });
    return answer.headers.get("lintel-setup") === "1" ? ((await answer.json()) as Shown) : null;
  } catch {
    return null;
  }
}

/** Waits until the page shows it. @throws with what it shows instead. */
export async function shows(what: string, isIt: (shown: Shown) => boolean, withinMs = 60_000): Promise<Shown> {
  let last: Shown | null = null;
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await delay(50)) {
    last = (await pageOfSetUp()) ?? last;
    if (last !== null && isIt(last)) return last;
  }
  throw new Error(`the set-up never showed ${what}, but ${JSON.stringify(last)}`);
}

/** Touches one of the answers. @throws where the page is not believed. */
export async function answer({ session }: Shown, text: string): Promise<void> {
  // As a browser sends it from the page itself.
  const headers = { "lintel-session": session, "sec-fetch-site": "same-origin", origin: new URL(wallUrl).origin };
  const reply = await fetch(new URL("/answer", wallUrl), { method: "POST", headers, body: text });
  if (reply.status !== 204) throw new Error(`the set-up takes no answer: ${reply.status}`);
}
