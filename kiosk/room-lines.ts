import type { Room, RoomState } from "./core/health.ts";
import type { Line } from "./say.ts";

/**
 * What the log says of rooms that go and come back: once for each change. A room that is away is tried again every few
 * seconds, for months where nobody mends it, and the log of an SD card is no place for a hundred thousand equal lines a day.
 */
export function createRoomLines(): (room: Room, state: RoomState) => Line | null {
  /** Which code each room is away with. */
  const away = new Map<Room, string>();
  return (room, state) => {
    const before = away.get(room);
    if (state.is === "down") {
      if (state.code === before) return null;
      away.set(room, state.code);
      return {
        level: "warn",
        sentence: `The ${room} is away (${state.code}). ${state.remedy}`,
        fields: { event: "room-down", room, code: state.code },
      };
    }
    if (state.is !== "up" || before === undefined) return null;
    away.delete(room);
    return { level: "info", sentence: `The ${room} is back`, fields: { event: "room-up", room } };
  };
}
