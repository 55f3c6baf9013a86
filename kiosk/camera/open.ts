import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { Camera, Clock } from "../core/ports/senses.ts";
import { openCapture } from "./capture.ts";
import { type Command, custom, jetson, piCsi, usb } from "./commands.ts";
import { openReplay } from "./replay.ts";
import { stillsCommand } from "./scenes.ts";
import { startStream } from "./stream.ts";
import { type Turn, turned } from "./upright.ts";
import { usbCameras } from "./usb.ts";

export interface CameraOptions {
  readonly clock: Pick<Clock, "now">;
  readonly signal: AbortSignal;
  /** How it is mounted. Default 0. */
  readonly turn?: Turn;
}

/**
 * Opens the camera that the setting names: `auto`, `usb[:DEVICE]`, `pi-csi`, `jetson`, `replay:FILE` or
 * `command:["program","argument"]`. `auto` takes the first USB camera.
 * @throws Fault `camera-missing` where there is none, and those of `openCapture`.
 */
export async function openCamera(setting: string, { turn = 0, ...options }: CameraOptions): Promise<Camera> {
  return turned(await openAsMounted(setting, options), turn);
}

async function openAsMounted(setting: string, options: Omit<CameraOptions, "turn">): Promise<Camera> {
  const [kind, detail = ""] = splitOnce(setting);
  if (kind === "replay") {
    const scene = { id: "file", durationS: 3_600, source: { file: detail, startS: 0 } } as const;
    return openReplay({ ...options, scenes: [scene], order: [scene.id], label: "replayed file" });
  }
  return openCapture({ ...options, command: await commandOf(kind, detail), label: kind });
}

/** Whether there is a camera that `auto` would take. */
export const hasCamera = async (): Promise<boolean> => (await usbCameras()).length > 0;

/** JPEGs of a stretch of a clip. @throws Fault `tool-missing`, `camera-lost` where the clip cannot be read. */
export async function stillsOf(
  file: string,
  startS: number,
  durationS: number,
  perS: number,
): Promise<readonly Uint8Array[]> {
  const jpegs: Uint8Array[] = [];
  const done = Promise.withResolvers<void>();
  startStream(stillsCommand(file, startS, durationS, perS), {
    onJpeg: (jpeg) => jpegs.push(jpeg),
    onEnd: (fault) => (fault === null ? done.resolve() : done.reject(fault)),
  });
  await done.promise;
  return jpegs;
}

async function commandOf(kind: string, detail: string): Promise<Command> {
  switch (kind) {
    case "pi-csi":
      return piCsi();
    case "jetson":
      return jetson();
    case "command":
      return custom(wordsOf(detail));
    case "auto":
    case "usb":
      return usb(detail || (await firstUsbCamera()));
    default:
      throw new Fault("config-invalid", "there is no such kind of camera", "Name one that `--help` lists.");
  }
}

async function firstUsbCamera(): Promise<string> {
  const [device] = await usbCameras();
  if (device !== undefined) return device;
  throw new Fault(
    "camera-missing",
    "there is no camera at this machine",
    "Plug a USB camera in; it is taken by itself.",
  );
}

const words = z.tuple([z.string().min(1)], z.string());

function wordsOf(json: string): readonly [string, ...string[]] {
  try {
    return words.parse(JSON.parse(json));
  } catch (cause) {
    const remedy = 'Write it as a JSON array of words: --camera \'command:["program","argument"]\'.';
    throw new Fault("config-invalid", "the camera's command is no list of words", remedy, cause);
  }
}

function splitOnce(setting: string): readonly [string, string | undefined] {
  const at = setting.indexOf(":");
  return at < 0 ? [setting, undefined] : [setting.slice(0, at), setting.slice(at + 1)];
}
