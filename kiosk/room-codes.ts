import type { Room, RoomState } from "./core/health.ts";

/** How camera and reader are, as the clock's status tells it: a word or a fault's code, for programs. */
export interface RoomCodes {
  readonly note: (room: Room, state: RoomState) => void;
  readonly codes: () => { readonly cam: string; readonly rdr: string };
  readonly of: (room: Room) => string;
}

export function createRoomCodes(): RoomCodes {
  const noted = new Map<Room, RoomState>();
  const codeOf = (room: Room): string => {
    const state = noted.get(room);
    switch (state?.is) {
      case "up":
        return "ok";
      case "down":
        return state.code;
      default:
        return state?.is ?? "starting";
    }
  };
  return {
    note: (room, state) => void noted.set(room, state),
    of: codeOf,
    codes: () => ({ cam: codeOf("camera"), rdr: codeOf("reader") }),
  };
}
