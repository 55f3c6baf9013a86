import { openCamera } from "../../kiosk/camera/open.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { openCodes } from "../../kiosk/inference/codes.ts";
import { decodePicture } from "../../kiosk/inference/picture.ts";
import { readPointer } from "../ticket/pointer.ts";
import type { Context } from "./context.ts";

/**
 * Looks through the clock's own camera, by the capture and the code reader that it works with, until a ticket's code is
 * held before it. Everything else that a code may say is nobody's business. Pictures are kept nowhere.
 *
 * @throws Fault of the camera; never resolves once `signal` aborts.
 */
export async function scanTicket({ wish, clock, talk }: Context, signal: AbortSignal): Promise<string> {
  if (wish.camera === "none") return new Promise(() => {});
  await using camera = await openCamera(wish.camera, { clock, signal });
  talk.say(`The camera (${camera.label}) looks for a code.`);
  const codes = openCodes();
  for await (const { jpeg } of camera.frames(signal)) {
    const picture = await decodePicture(jpeg).catch((error: unknown) => {
      if (isFault(error, "frame-torn")) return null;
      throw error;
    });
    for (const text of picture === null ? [] : await codes.read(picture))
      if (readPointer(text) !== null || isTicket(text)) return text;
  }
  return new Promise(() => {});
}

const isTicket = (text: string): boolean => /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/.test(text.trim());
