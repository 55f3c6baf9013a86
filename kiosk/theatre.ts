import { hasCamera, openCamera, stillsOf } from "./camera/open.ts";
import { openReplay, type Replay } from "./camera/replay.ts";
import type { Config } from "./config.ts";
import { Fault } from "./core/fault.ts";
import type { Camera, Clock } from "./core/ports/senses.ts";
import type { DemoDesk } from "./core/ports/wall.ts";
import { type CastRooms, type DemoRooms, demoScenes, enrolCast, openDemoDesk } from "./demo.ts";
import { openFootage } from "./supplies.ts";

/** What the camera sees: the world, or the demo's footage and the drawer that plays with it. */
export interface Theatre {
  /** Null where nothing is pretended. */
  readonly drawer: DemoDesk | null;
  readonly openCamera: (signal: AbortSignal) => Promise<Camera>;
  /** Enrols whoever plays. */
  readonly cast: (rooms: Omit<CastRooms, "stillsOf" | "by">) => Promise<void>;
}

const enrolFramesPerS = 3;

/** @throws Fault `config-invalid` where the demo's people would punch at a real broker. */
export async function openTheatre(
  config: Config,
  clock: Clock,
  rooms: Pick<DemoRooms, "tap" | "network" | "hash">,
): Promise<Theatre> {
  const footage = await openFootage(config);
  const play = (await isPlayed(config)) ? await demoScenes(footage.path) : null;
  let now: Replay | null = null;
  return {
    drawer: play && openDemoDesk({ ...play, ...rooms, theatre: () => now }),
    openCamera: async (signal) => {
      if (play === null) return openCamera(config.camera, { clock, signal, turn: config.cameraTurn });
      now = await openReplay({ ...play, label: "demo footage", clock, signal });
      return now;
    },
    cast: (cast) =>
      enrolCast({
        ...cast,
        by: "demo",
        stillsOf: async (name, startS, durationS) =>
          stillsOf(await footage.path(name), startS, durationS, enrolFramesPerS),
      }),
  };
}

/** A clock that has a broker of its own is never a play: a camera that is missing there is missing. */
async function isPlayed({ camera, broker }: Config): Promise<boolean> {
  if (broker === "embedded") return camera === "demo" || (camera === "auto" && !(await hasCamera()));
  if (camera !== "demo") return false;
  const remedy = "Leave out --broker to play the demo, or name a real camera.";
  throw new Fault("config-invalid", "camera: the demo's people may not punch at a real broker", remedy);
}
