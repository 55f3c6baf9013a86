import type { Room, RoomState } from "./health.ts";
import type { Memory, State } from "./memory.ts";
import type { UplinkNews } from "./ports/uplink.ts";
import { isBefore, type Position } from "./record.ts";
import type { Stamp } from "./time.ts";

/** What the station learns about the house around it: rooms that come and go, receipts that arrive. */

export function withNews(memory: Memory, news: UplinkNews, at: Stamp): Memory {
  const { state } = memory;
  const isReceived = state.at === "thanks" && state.receivedAt === null && isStored(state.position, news);
  const { trouble } = news;
  const uplink: RoomState =
    trouble === null
      ? { is: news.online ? "up" : "starting" }
      : { is: "down", code: trouble.code, remedy: trouble.remedy };
  const received: State = isReceived ? { ...state, receivedAt: at } : state;
  return { ...memory, uplink: news, health: { ...memory.health, uplink }, state: received };
}

/** A live punch is stored before the backlog that it overtook, and its receipt has to wait for that. */
export const isStored = ({ epoch, seq }: Position, { receipted, held }: UplinkNews): boolean =>
  (receipted !== null && !isBefore(receipted, { epoch, seq })) ||
  (held?.epoch === epoch && held.ranges.some(([from, to]) => from <= seq && seq <= to));

export const withRoom = (memory: Memory, room: Room, state: RoomState): Memory => ({
  ...memory,
  health: { ...memory.health, [room]: state },
});

export const areEyesUp = ({ health }: Memory): boolean => health.camera.is === "up" && health.engine.is === "up";
