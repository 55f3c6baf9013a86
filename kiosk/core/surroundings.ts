import type { Room, RoomState } from "./health.ts";
import type { Memory, State } from "./memory.ts";
import type { UplinkNews } from "./ports.ts";
import { isBefore } from "./record.ts";
import type { Stamp } from "./time.ts";

/** What the station learns about the house around it: rooms that come and go, receipts that arrive. */

export function withNews(memory: Memory, news: UplinkNews, at: Stamp): Memory {
  const { state } = memory;
  const isReceived =
    state.at === "thanks" &&
    state.receivedAt === null &&
    news.receipted !== null &&
    !isBefore(news.receipted, state.position);
  const { trouble } = news;
  const uplink: RoomState =
    trouble === null
      ? { is: news.online ? "up" : "starting" }
      : { is: "down", code: trouble.code, remedy: trouble.remedy };
  const received: State = isReceived ? { ...state, receivedAt: at } : state;
  return { ...memory, uplink: news, health: { ...memory.health, uplink }, state: received };
}

export const withRoom = (memory: Memory, room: Room, state: RoomState): Memory => ({
  ...memory,
  health: { ...memory.health, [room]: state },
});

export const areEyesUp = ({ health }: Memory): boolean => health.camera.is === "up" && health.engine.is === "up";
