import { expect, test } from "vitest";
import type { RoomState } from "../../../kiosk/core/health.ts";
import { createRoomCodes } from "../../../kiosk/room-codes.ts";
import { statusEvent } from "../../../kiosk/uplink/contract/wire.ts";

test.each<readonly [RoomState, string]>([
  [{ is: "starting" }, "starting"],
  [{ is: "up" }, "ok"],
  [{ is: "none" }, "none"],
  [{ is: "down", code: "reader-lost", remedy: "Plug it in." }, "reader-lost"],
])("a room that is %j is told as %s", (state, code) => {
  const rooms = createRoomCodes();
  expect(rooms.codes()).toEqual({ cam: "starting", rdr: "starting" });
  rooms.note("reader", state);
  expect(rooms.codes()).toEqual({ cam: "starting", rdr: code });
  rooms.note("camera", state);
  rooms.note("reader", { is: "up" });
  expect(rooms.codes()).toEqual({ cam: code, rdr: "ok" });
  const { cam, rdr } = statusEvent.shape.data.shape;
  expect([cam.safeParse(code).success, rdr.safeParse(code).success]).toEqual([true, true]);
});
