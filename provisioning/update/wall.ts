import type { WallCard } from "../../kiosk/core/desk.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { uplinkAnswer, wallAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import type { Service } from "./service.ts";

/** How the clock that runs is, as it says itself and as it can be seen from outside. */
export interface Sight {
  readonly state: string;
  /** null: nobody answers at the desk. */
  readonly wall: WallCard | null;
  /** Whether its page comes; not asked where the desk says nothing. */
  readonly isPageThere: boolean;
  /** Whether it has its broker; null where it does not say. */
  readonly isOnline: boolean | null;
}

const patienceMs = 3_000;

/** @param desk folder of the desk's socket. */
export async function lookAt(desk: string, service: Service): Promise<Sight> {
  const signal = AbortSignal.timeout(patienceMs);
  const asking = { directory: desk, signal };
  const wall = await askDesk({ ...asking, request: { ask: "wall" }, answer: wallAnswer }).catch(orNull);
  const state = await service.state();
  if (wall === null) return { state, wall, isPageThere: false, isOnline: null };
  const uplink = await askDesk({ ...asking, request: { ask: "uplink" }, answer: uplinkAnswer }).catch(orNull);
  const page = await fetch(wall.page, { signal }).catch(() => null);
  await page?.body?.cancel();
  return { state, wall, isPageThere: page?.ok === true, isOnline: uplink?.online ?? null };
}

function orNull(error: unknown): null {
  if (error instanceof Fault || error instanceof SyntaxError || isOfSocket(error)) return null;
  throw error;
}

const isOfSocket = (error: unknown): boolean =>
  error instanceof Error && ("code" in error || error.name === "ZodError");

/**
 * Why the version that was switched to cannot stay yet, in a word for programs; null where it is well. What was broken
 * before it is not held against it.
 *
 * @param before as the clock was under the version before; null where nobody looked.
 */
export function illnessOf(now: Sight, version: string, before: Sight | null): string | null {
  const { wall } = now;
  if (now.state !== "active") return "not-ready";
  if (wall === null) return "no-answer";
  if (wall.fw !== version) return "other-version";
  if (!now.isPageThere) return "no-page";
  const { rooms } = wall;
  if (!isWell(rooms.engine)) return "engine";
  if (rooms.camera === "starting") return "camera";
  const was = before?.wall?.rooms;
  if (was !== undefined && isWell(was.camera) && !isWell(rooms.camera)) return "camera";
  if (was !== undefined && isWell(was.reader) && !isWell(rooms.reader)) return "reader";
  if (before?.isOnline === true && now.isOnline !== true) return "broker";
  return null;
}

const isWell = (code: string): boolean => code === "ok" || code === "none";

/** Nobody stands there for long enough, or nobody could punch anyhow. */
export const isQuiet = ({ wall, state }: Sight, idleMs: number): boolean =>
  wall === null ? state !== "activating" : wall.idleMs !== null && wall.idleMs >= idleMs;
