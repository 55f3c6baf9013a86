import { expect, test } from "vitest";
import type { RoomState } from "../../../kiosk/core/health.ts";
import { createRoomLines } from "../../../kiosk/room-lines.ts";

const missing: RoomState = { is: "down", code: "camera-missing", remedy: "Plug a camera in." };
const silent: RoomState = { is: "down", code: "camera-silent", remedy: "Check its cable." };
const up: RoomState = { is: "up" };

test("a room that goes, is away for another reason, and comes back is told once for each, however often it is tried", () => {
  const line = createRoomLines();
  const told = [up, missing, missing, missing, silent, silent, up, up, missing].map((state) => line("camera", state));
  expect(told.map((one) => one?.sentence ?? null)).toEqual([
    ...[null, "The camera is away (camera-missing). Plug a camera in.", null, null],
    ...["The camera is away (camera-silent). Check its cable.", null, "The camera is back", null],
    "The camera is away (camera-missing). Plug a camera in.",
  ]);
  expect(told[1]?.fields).toEqual({ event: "room-down", room: "camera", code: "camera-missing" });
  // While it starts anew, and for other rooms, nothing is forgotten.
  expect([line("camera", { is: "starting" }), line("camera", missing)]).toEqual([null, null]);
  expect(line("reader", missing)?.sentence).toBe("The reader is away (camera-missing). Plug a camera in.");
});
