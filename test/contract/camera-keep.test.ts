import { expect, test } from "vitest";
import { openCapture } from "../../kiosk/camera/capture.ts";
import { cardHash } from "../../kiosk/core/card.ts";
import type { RoomState } from "../../kiosk/core/health.ts";
import type { Camera } from "../../kiosk/core/ports/senses.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { keep } from "../../kiosk/keep.ts";
import { openSimReader } from "../../kiosk/reader/sim.ts";
import { cameras, processes, testPicture, until } from "./camera-parts.ts";

test("a killed camera is reopened, each time a little later, while badges go on", async () => {
  const clock = await openSystemClock();
  const stop = new AbortController();
  const states: RoomState[] = [];
  const waits: number[] = [];
  let pictures = 0;
  const keeping = keep<Camera>(
    {
      open: (signal) => openCapture({ command: testPicture("mpjpeg"), label: "test", clock, signal }),
      use: async (camera, signal, healthy) => {
        healthy();
        for await (const _ of camera.frames(signal)) pictures += 1;
      },
      report: (state) => states.push(state),
      backoff: { baseMs: 100, capMs: 2_000 },
      clock: {
        ...clock,
        sleep: (ms, signal) => {
          waits.push(ms);
          return clock.sleep(ms, signal);
        },
      },
      random: () => 1,
    },
    stop.signal,
  );

  await using reader = openSimReader({ clock });
  const taps: string[] = [];
  const reading = (async () => {
    for await (const { badge } of reader.taps(stop.signal)) taps.push(badge);
  })();

  for (const kills of [1, 2, 3]) {
    const before = pictures;
    await until("pictures", () => pictures > before + 2);
    for (const pid of await cameras()) process.kill(pid, "SIGKILL");
    await until("the loss is reported", () => states.filter(({ is }) => is === "down").length === kills);
    reader.tap(cardHash(`sim:${kills}`));
    await until("the tap of a blind clock", () => taps.length === kills, 1_000);
  }
  await until("it is up again", () => states.filter(({ is }) => is === "up").length === 4);

  expect(states.map(({ is }) => is)).toEqual(["up", "down", "up", "down", "up", "down", "up"]);
  expect(states[1]).toMatchObject({ code: "camera-lost" });
  expect(waits).toEqual([100, 200, 400]);
  expect(taps).toEqual(["sim:1", "sim:2", "sim:3"]);

  stop.abort();
  await Promise.all([keeping, reading]);
  expect(await processes()).toEqual([]);
});
