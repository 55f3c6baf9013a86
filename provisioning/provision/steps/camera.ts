import { openCamera } from "../../../kiosk/camera/open.ts";
import { Fault, isFault } from "../../../kiosk/core/fault.ts";
import { decodePicture } from "../../../kiosk/inference/picture.ts";
import type { Context } from "../context.ts";
import type { Step } from "../step.ts";
import { goWithout } from "../without.ts";

/** As many as a second of a slow camera. */
const framesWanted = 5;
const patienceMs = 20_000;

/** The camera, proved by pictures that came through it. */
export const camera: Step = {
  name: "camera",
  would: "open the camera and look at a few pictures",
  check: async (context) => {
    const { camera: setting, proved } = await context.progress();
    if (!proved.includes("camera")) return null;
    return setting === "none" ? "this clock is to work without a camera" : `the camera (${setting}) showed pictures`;
  },
  apply: async (context) => {
    const setting = await provedCamera(context);
    const { proved } = await context.progress();
    await context.note({ camera: setting, proved: [...new Set([...proved, "camera" as const])] });
  },
  prove: async (context) => {
    const { camera: setting } = await context.progress();
    return setting === "none"
      ? "this clock works without a camera, as its site allows"
      : `${framesWanted} pictures came through the camera (${setting})`;
  },
};

async function provedCamera(context: Context): Promise<string> {
  const { wish, clock, signal } = context;
  try {
    if (wish.camera === "none") {
      throw new Fault("camera-missing", "no camera is to be used", "Plug a camera in, or go on without one.");
    }
    const either = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    await using opened = await openCamera(wish.camera, { clock, signal: either });
    let whole = 0;
    for await (const { jpeg } of opened.frames(either)) {
      await decodePicture(jpeg);
      whole += 1;
      if (whole === framesWanted) return wish.camera;
    }
    throw new Fault("camera-silent", "too few pictures came from the camera", "Check its cable, and run this again.");
  } catch (error) {
    if (!isFault(error)) throw error;
    await goWithout(context, "camera", error);
    return "none";
  }
}
