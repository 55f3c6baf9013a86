import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { onTestFinished } from "vitest";
import type { Camera, Frame } from "../../kiosk/core/ports/senses.ts";
import type { Stamp } from "../../kiosk/core/time.ts";

export const clock = {
  now: (): Stamp => ({ utcMs: Date.now(), monoMs: performance.now() }),
};

export const never = new AbortController().signal;

/** A folder that goes with the test. */
export async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-camera-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A plain picture of one colour. */
export async function paint(directory: string, name: string, colour: string): Promise<string> {
  const file = join(directory, `${name}.jpg`);
  const create = { width: 640, height: 480, channels: 3, background: colour } as const;
  await sharp({ create }).jpeg().toFile(file);
  return file;
}

export type Tint = "red" | "green" | "blue" | "grey";

/** Which of the painted pictures this is; the drawn empty room is grey. */
export async function tintOf({ jpeg }: Frame): Promise<Tint> {
  const { channels } = await sharp(jpeg).stats();
  const [red = 0, green = 0, blue = 0] = channels.map(({ mean }) => mean);
  if (Math.max(red, green, blue) - Math.min(red, green, blue) < 80) return "grey";
  return red > green && red > blue ? "red" : green > blue ? "green" : "blue";
}

/** A sensor that draws ffmpeg's test picture in real time. @param format `mpjpeg`, or `mjpeg` for bare pictures. */
export const testPicture = (format: "mpjpeg" | "mjpeg", size = "320x240") => ({
  program: "ffmpeg",
  args: [
    ...["-nostdin", "-hide_banner", "-loglevel", "error", "-re", "-f", "lavfi"],
    ...["-i", `testsrc2=size=${size}:rate=15`, "-q:v", "5", "-f", format, "pipe:1"],
  ],
});

/** @returns the next `count` pictures; fewer where the camera ends. */
export async function take(frames: AsyncIterator<Frame>, count: number): Promise<readonly Frame[]> {
  const taken: Frame[] = [];
  while (taken.length < count) {
    const { done, value } = await frames.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

export const framesOf = (camera: Camera, signal: AbortSignal = never): AsyncIterator<Frame> =>
  camera.frames(signal)[Symbol.asyncIterator]();

/** Processes whose command line holds `text` and, unless `anybodys`, whose parent we are. Dead ones have no command line. */
export async function processes(text = "", { anybodys = false } = {}): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [stat, line] = await Promise.all(
        ["stat", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      // The name of the program is in brackets and may hold spaces; the parent is the second word after it.
      const parent = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return line !== "" && line?.includes(text) && (anybodys || parent === process.pid);
    }),
  );
  return pids.filter((_, at) => found[at]).map(Number);
}

export const cameras = (): Promise<readonly number[]> => processes("jpeg");

/** Asks until the answer is yes. @throws with `what` after `withinMs`. */
export async function until(what: string, ask: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await ask())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
