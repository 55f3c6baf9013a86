import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import type { DemoAct, Screenful, Touch, View } from "../../kiosk/core/view.ts";
import { sessionOf } from "../process/session.ts";

type Shown<At extends View["at"]> = Extract<View, { at: At }>;

/** The wall of a real process: what its page is told, and what fingers and the demo's drawer do. */
export interface RealWall {
  readonly touch: (...touches: readonly Touch[]) => Promise<void>;
  readonly demo: (act: DemoAct) => Promise<void>;
  /** The first screenful from now on that is so. */
  readonly shows: <At extends View["at"]>(at: At, isIt?: (view: Shown<At>) => boolean) => Promise<Shown<At>>;
}

/** Of a machine that is busy with other tests too. */
const patienceMs = 20_000;

export async function openRealWall(url: string): Promise<RealWall> {
  const session = await sessionOf(url);
  let latest: View | null = null;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const follow = async (): Promise<void> => {
    const { body } = await fetch(new URL("/events", url), { signal: stop.signal });
    let text = "";
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (text + chunk).split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const [, data = ""] = /^data: (\{.*\})$/m.exec(message) ?? [];
        if (data.includes('"view"')) latest = (JSON.parse(data) as Screenful).view;
      }
    }
  };
  // Ends with the process that it watches.
  void follow().catch(() => undefined);
  const post = async (path: string, body: unknown): Promise<void> => {
    const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
    const { status } = await fetch(new URL(path, url), { method: "POST", headers, body: JSON.stringify(body) });
    expect(status, `${path} ${JSON.stringify(body)}`).toBe(204);
  };
  const isAt = <At extends View["at"]>(view: View | null, at: At): view is Shown<At> => view?.at === at;
  return {
    touch: async (...touches) => {
      for (const touch of touches) await post("/touch", touch);
    },
    demo: (act) => post("/demo", act),
    shows: async (at, isIt = () => true) => {
      for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(30))
        if (isAt(latest, at) && isIt(latest)) return latest;
      throw new Error(`the wall shows ${JSON.stringify(latest)} and not ${at}`);
    },
  };
}
