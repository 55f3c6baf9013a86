import { signal } from "@preact/signals";
import type { TechnicianView } from "../../../core/technician-view.ts";

/** What the page knows: nothing before the code, then what the clock tells every two seconds, then that it is over. */
export type Stage =
  | { readonly at: "code"; readonly isWrong: boolean }
  | { readonly at: "view"; readonly view: TechnicianView }
  | { readonly at: "over" };

export const stage = signal<Stage>({ at: "code", isWrong: false });
/** False while the clock does not answer; what stands there is old then. */
export const answers = signal(true);

const everyMs = 2_000;
/** Nobody types: the wall belongs to people again. */
const unusedMs = 120_000;
/** Long enough to be read. */
const farewellMs = 3_000;

/** Of this process of the clock, as every post has to show it. */
let session = "";
let token = "";

const toTheWall = (): void => location.replace("/");
let unused = setTimeout(toTheWall, unusedMs);

export function felt(): void {
  if (stage.value.at !== "code") return;
  clearTimeout(unused);
  unused = setTimeout(toTheWall, unusedMs);
}

async function post(path: string, body: object = {}): Promise<Response> {
  if (session === "") {
    const told = (await (await fetch("/technician/session")).json()) as { readonly session: string };
    session = told.session;
  }
  const headers = { "content-type": "application/json", "lintel-session": session, "lintel-technician": token };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export async function enter(code: string): Promise<void> {
  const response = await post("/technician/enter", { code }).catch(() => null);
  answers.value = response !== null;
  if (response === null) return;
  if (!response.ok) {
    stage.value = { at: "code", isWrong: true };
    return;
  }
  token = ((await response.json()) as { readonly token: string }).token;
  clearTimeout(unused);
  await refresh();
}

async function refresh(): Promise<void> {
  const response = await post("/technician/view").catch(() => null);
  answers.value = response !== null;
  // A clock that started anew knows neither this page nor its code.
  if (response !== null && !response.ok) return end();
  if (response !== null) stage.value = { at: "view", view: (await response.json()) as TechnicianView };
  setTimeout(() => void refresh(), everyMs);
}

function end(): void {
  stage.value = { at: "over" };
  setTimeout(toTheWall, farewellMs);
}

export const lookAgain = (): void => void post("/technician/look").catch(() => undefined);

export const leave = (): void =>
  void post("/technician/leave")
    .catch(() => undefined)
    .then(toTheWall);
