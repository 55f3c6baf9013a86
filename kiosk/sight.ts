import type { Consented } from "./core/consent/gate.ts";
import type { Room } from "./core/health.ts";
import type { Engine, Template } from "./core/ports/engine.ts";
import type { Camera } from "./core/ports/senses.ts";
import type { EngineKeeping, EngineRoom } from "./engine-room.ts";
import type { Eyes } from "./eyes.ts";
import { type KeepOptions, keep } from "./keep.ts";
import { createShutter, type Shutter } from "./shutter.ts";

export interface SightRooms extends Pick<EngineKeeping, "lend" | "cast"> {
  readonly engines: Pick<EngineRoom, "keep">;
  readonly eyes: Pick<Eyes, "lend" | "watch">;
  readonly openCamera: KeepOptions<Camera>["open"];
  /** Those whom the engine may look for. */
  readonly gallery: () => readonly Consented<Template>[];
  /** Gives the same look, timed. */
  readonly timed: (observe: Engine["observe"]) => Engine["observe"];
  /** How each of the two rooms is kept open, and where it says how it is. */
  readonly kept: (room: Extract<Room, "camera" | "engine">) => Omit<KeepOptions<never>, "open" | "use">;
  /** Nobody locked this clock, it has a camera, and nobody switched that off. */
  readonly mayLook: () => boolean;
}

/** Camera and engine, behind the one shutter that opens and shuts both. */
export function createSight(rooms: SightRooms): Shutter {
  const { engines, eyes, openCamera, gallery, timed, kept, lend, cast, mayLook } = rooms;
  const seeing: Pick<Eyes, "lend"> = {
    lend: (engine, until) => eyes.lend({ ...engine, observe: timed(engine.observe) }, until),
  };
  return createShutter({
    mayLook,
    see: (until) => [
      engines.keep({ ...kept("engine"), eyes: seeing, gallery, lend, cast }, until),
      keep<Camera>({ ...kept("camera"), open: openCamera, use: eyes.watch }, until),
    ],
    closed: () => {
      for (const room of ["camera", "engine"] as const) kept(room).report({ is: "none" });
    },
  });
}
