import type { FaultCode } from "./fault.ts";

/** The rooms that can be away while the rest goes on. */
export type Room = "camera" | "engine" | "reader" | "uplink" | "journal";

export type RoomState =
  | { readonly is: "starting" }
  | { readonly is: "up" }
  | { readonly is: "down"; readonly code: FaultCode; readonly remedy: string }
  /** Configured away: nothing is wrong and nothing will come. */
  | { readonly is: "none" };

export type Health = Readonly<Record<Room, RoomState>>;

export const starting: Health = {
  camera: { is: "starting" },
  engine: { is: "starting" },
  reader: { is: "starting" },
  uplink: { is: "starting" },
  journal: { is: "starting" },
};
