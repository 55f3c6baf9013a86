import type { ConsentAct } from "../../../kiosk/core/consent/view.ts";
import type { GuestsAct } from "../../../kiosk/core/guests/view.ts";
import type { RightsAct } from "../../../kiosk/core/rights/view.ts";
import type { RealWall } from "../real-wall.ts";

/** What people come to the wall for, as their fingers do it. */

export const rights = (...acts: readonly RightsAct[]) => acts.map((act) => ({ touch: "rights", act }) as const);
const guests = (...acts: readonly GuestsAct[]) => acts.map((act) => ({ touch: "guests", act }) as const);
const consent = (...acts: readonly ConsentAct[]) => acts.map((act) => ({ touch: "consent", act }) as const);

/** Lays a card on. */
export type Tap = () => Promise<void>;

/** As a hand does it: a card that comes back within the second never left the reader. */
export const betweenTapsMs = 1_200;

/** An errand from the idle wall, and who it is for. */
export async function atTheCounter(wall: RealWall, tap: Tap, errand: "absence" | "consent" | "me" | "rights") {
  await wall.shows("idle");
  await wall.touch({ touch: "errand", errand });
  await wall.shows("ways");
  await tap();
  await wall.shows(errand === "me" ? "hours" : errand);
}

/** Reads what there is to read, is of age, and draws a line; it stands there that they agreed. */
export async function agrees(wall: RealWall, tap: Tap): Promise<void> {
  await atTheCounter(wall, tap, "consent");
  await wall.touch(...consent({ act: "read" }));
  // Who agrees for the first time is told first why.
  await wall.touch(...consent({ act: "read" }));
  for (let page = 1; page < 9; page += 1) await wall.touch(...consent({ act: "page", page }));
  await wall.touch(...consent({ act: "agree" }));
  await wall.shows("consent", ({ page: { is } }) => is === "age");
  await wall.touch(...consent({ act: "age", isReached: true }));
  await wall.shows("consent", ({ page: { is } }) => is === "sign");
  const line = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 100 + 10 * at : 300 + (at % 7) * 40));
  await wall.touch(...consent({ act: "sign", strokes: [line, [617, 313, 619, 311, 400, 500]] }));
  await wall.shows("consent", ({ page: { is } }) => is === "given");
}

export async function withdraws(wall: RealWall, tap: Tap): Promise<void> {
  await atTheCounter(wall, tap, "consent");
  await wall.touch(...consent({ act: "stop" }, { act: "sure" }));
  await wall.shows("consent", ({ page: { is } }) => is === "stopped");
  await wall.touch(...consent({ act: "close" }));
}

/** Says a name and asks for the office. Gives the number that leads out. */
export async function comesToVisit(wall: RealWall, name: string): Promise<string> {
  await wall.shows("idle");
  await wall.touch(...guests({ act: "open" }, { act: "arrive" }));
  for (const text of name) await wall.touch(...guests({ act: "key", text }));
  await wall.touch(...guests({ act: "next" }, { act: "host", id: null }, { act: "confirm" }));
  const { page } = await wall.shows("guests", ({ page: { is } }) => is === "asking");
  if (page.is !== "asking") throw new Error("nobody is asked");
  return page.number;
}

export async function goesHome(wall: RealWall, number: string): Promise<void> {
  await wall.shows("idle");
  await wall.touch(...guests({ act: "open" }, { act: "leave" }));
  for (const digit of number) await wall.touch(...guests({ act: "digit", digit: Number(digit) }));
  await wall.touch(...guests({ act: "next" }));
  await wall.shows("guests", ({ page }) => page.is === "told" && page.what === "goodbye");
  await wall.touch(...guests({ act: "close" }));
}

/** Leave on the first day that can be touched. Gives the request's id, which the office answers by. */
export async function asksForLeave(wall: RealWall, tap: Tap): Promise<string> {
  await atTheCounter(wall, tap, "absence");
  await wall.touch({ touch: "absence", act: { act: "ask" } }, { touch: "absence", act: { act: "kind", k: 1 } });
  const { page } = await wall.shows("absence", ({ page: { is } }) => is === "first");
  const day = page.is === "first" ? page.weeks.days.find(({ isOpen }) => isOpen)?.day : undefined;
  if (day === undefined) throw new Error("no day can be touched");
  await wall.touch({ touch: "absence", act: { act: "day", day } });
  await wall.shows("absence", ({ page: { is } }) => is === "last");
  await wall.touch({ touch: "absence", act: { act: "day", day } });
  await wall.shows("absence", ({ page: { is } }) => is === "confirm");
  await wall.touch({ touch: "absence", act: { act: "confirm" } });
  await wall.shows("absence", ({ page: { is } }) => is === "told");
  await wall.touch({ touch: "absence", act: { act: "back" } });
  const { page: list } = await wall.shows("absence", ({ page: { is } }) => is === "list");
  const id = list.is === "list" ? list.asked[0]?.id : undefined;
  if (id === undefined) throw new Error("nothing was asked for");
  await wall.touch({ touch: "absence", act: { act: "close" } });
  return id;
}

/** The two touches; it stands on the wall. */
export async function raisesTheAlert(wall: RealWall): Promise<void> {
  await wall.shows("idle");
  await wall.touch({ touch: "alert", act: { act: "open" } }, { touch: "alert", act: { act: "raise" } });
  await wall.shows("alert", ({ page: { is } }) => is === "on");
}

/** Somebody shows their badge to end it; whether it ends is a matter of who they are. */
export async function wouldEndTheAlert(wall: RealWall, tap: Tap): Promise<void> {
  await wall.touch({ touch: "alert", act: { act: "end" } });
  await wall.shows("ways");
  await tap();
}
