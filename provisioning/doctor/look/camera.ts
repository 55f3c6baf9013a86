import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { openCamera } from "../../../kiosk/camera/open.ts";
import { usbCameras } from "../../../kiosk/camera/usb.ts";
import { isFault } from "../../../kiosk/core/fault.ts";
import type { Frame } from "../../../kiosk/core/ports/senses.ts";
import type { Condition } from "../../../kiosk/core/technician.ts";
import { openSystemClock } from "../../../kiosk/host/clock.ts";
import { bad, type Finding, good, unknown, weak, wrong } from "../finding.ts";
import { holdersOf, type Machine, namesAt, textAt } from "../machine.ts";
import { textOf } from "../tools.ts";
import { lookThrough } from "./frames.ts";
import { lightOfFaces } from "./light.ts";

/**
 * Whether there is a camera, who has it, and what its pictures are like. A clock that runs has the camera, so it is
 * asked; else a few pictures are taken, looked at in memory, and forgotten.
 */
export async function* lookAtCamera(machine: Machine): AsyncGenerator<Finding> {
  const { camera, cameraTurn } = machine.config;
  if (camera === "none") return yield good("camera", "this clock is set up without one");
  if (machine.running?.shut.isCameraOff) {
    return yield weak("camera-switched-off", "it was switched off beside the clock, and no face is looked for");
  }
  if (await isPretended(machine)) {
    yield unknown("camera", "the demo plays footage: no camera is looked at", "Name one with --camera.");
    if (machine.running !== null) yield* told(machine.running);
    return;
  }
  const there = await whatIsThere(machine);
  yield* there;
  if (machine.running !== null) return yield* told(machine.running);
  if (there.some(({ is }) => is === "wrong")) return;
  const frames: Frame[] = [];
  const ended = AbortSignal.timeout(patienceMs);
  try {
    await using opened = await openCamera(camera, { clock: await openSystemClock(), signal: ended, turn: cameraTurn });
    for await (const frame of opened.frames(ended)) {
      frames.push(frame);
      if (frames.length >= framesWanted) break;
    }
  } catch (error) {
    if (!isFault(error)) throw error;
    return yield wrong("pictures", error);
  }
  yield* pace(frames);
  if (frames.length > 1) yield* await lookThrough(machine, frames);
}

const framesWanted = 40;
const patienceMs = 8_000;

/** As the clock itself decides it (kiosk/theatre.ts). */
const isPretended = async ({ config: { camera, broker }, root }: Machine): Promise<boolean> =>
  camera === "demo" || (camera === "auto" && broker === "embedded" && (await usbCameras(root)).length === 0);

async function whatIsThere(machine: Machine): Promise<readonly Finding[]> {
  const { camera } = machine.config;
  if (camera.startsWith("replay:") || camera.startsWith("command:"))
    return [good("camera", `set up as ${camera.split(":")[0]}`)];
  if (camera === "pi-csi" || camera === "jetson") return [await onTheBoard(machine, camera)];
  const [, named] = /^usb:(.+)$/.exec(camera) ?? [];
  const found = named === undefined ? await usbCameras(machine.root) : [named];
  const [first] = found;
  if (first === undefined) {
    return [bad("camera-missing", "no USB camera hangs on this machine")];
  }
  const device = await realpath(join(machine.root, first.replace(machine.root, "/"))).catch(() => null);
  if (device === null) {
    return [bad("camera-missing", `${first} is not there`)];
  }
  const name = await textAt(machine, `/sys/class/video4linux/${device.split("/").at(-1)}/name`);
  const { names, isWhole } = await holdersOf(machine, device.replace(machine.root.replace(/\/$/, ""), ""));
  const strangers =
    machine.running === null ? names : names.filter((holder) => !/^(ffmpeg|node|lintel)\b/.test(holder));
  const there = good("camera", `${name ?? "a camera"} at ${first}`);
  if (strangers.length > 0) return [there, weak("camera-held", `it is held by ${strangers.join(", ")}`, "held by")];
  if (names.length > 0) return [there, good("held by", names.join(", "))];
  return [
    there,
    isWhole ? good("held by", "nobody") : unknown("held by", "programs of other users may not be looked at"),
  ];
}

async function onTheBoard(machine: Machine, kind: "pi-csi" | "jetson"): Promise<Finding> {
  if (kind === "pi-csi") {
    const list =
      (await textOf(machine.ask("rpicam-hello", "--list-cameras"))) ??
      (await textOf(machine.ask("libcamera-hello", "--list-cameras")));
    const [, name] = /^\s*0 : (.+)$/m.exec(list ?? "") ?? [];
    if (name !== undefined) return good("camera", name);
    if (list === null)
      return unknown("camera", "rpicam-hello is not here, which lists cameras", "apt install rpicam-apps");
  } else {
    const nodes = await namesAt(machine, "/sys/class/video4linux");
    const [first] = nodes;
    if (first !== undefined)
      return good("camera", (await textAt(machine, `/sys/class/video4linux/${first}/name`)) ?? first);
  }
  return bad("camera-missing", "the board sees no camera at its ribbon");
}

function* pace(frames: readonly Frame[]): Generator<Finding> {
  const [first] = frames;
  const last = frames.at(-1);
  if (first === undefined || last === undefined || frames.length < 2) {
    return yield bad("camera-silent", "no pictures came", "pictures");
  }
  yield paceFinding((1_000 * (frames.length - 1)) / Math.max(1, last.at.monoMs - first.at.monoMs));
}

const paceFinding = (perS: number): Finding =>
  perS < 8
    ? weak("camera-slow", `${perS.toFixed(1)} pictures in a second`, "pictures")
    : good("pictures", `${perS.toFixed(1)} in a second`);

/** What a running clock saw of late. */
function* told({ rooms, framesPerS, frameAgeMs, look, faces }: Condition): Generator<Finding> {
  if (rooms.camera === "none") return;
  if (rooms.camera !== "up") {
    yield bad("camera-unsteady", `the running clock says ${rooms.camera}`, "pictures");
  } else if (framesPerS === null || frameAgeMs === null) yield unknown("pictures", "the running clock had none yet");
  else
    yield frameAgeMs > 3_000
      ? bad("camera-unsteady", `the newest picture is ${Math.round(frameAgeMs / 1_000)} s old`, "pictures")
      : paceFinding(framesPerS);
  if (look !== null)
    yield good("looks", `half within ${look.p50Ms} ms, the slowest of ${look.count} in ${look.worstMs} ms`);
  yield* lightOfFaces(faces);
}
