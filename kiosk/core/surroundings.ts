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
  return {
    ...memory,
    uplink: news,
    health: { ...memory.health, uplink },
    state: isReceived ? { ...state, receivedAt: at } : state,
  };
}

export function withRoom(memory: Memory, room: Room, roomState: RoomState): Memory {
  const health = { ...memory.health, [room]: roomState };
  const isBlind = roomState.is === "down" && (room === "camera" || room === "engine");
  if (!isBlind) return { ...memory, health };
  // Without eyes a look cannot end well, and whoever stood there may be somebody else when they are back.
  const state: State = memory.state.at === "look" ? { at: "idle" } : memory.state;
  return { ...memory, health, state, present: null, settled: null };
}
