import { type ChildProcess, spawn } from "node:child_process";
import { Fault } from "../core/fault.ts";
import type { Command } from "./commands.ts";
import { mjpegParser } from "./mjpeg.ts";

export interface Patience {
  /** From the start to the first picture, ms: a sensor or a loaded board needs longer to start than to go on. */
  readonly firstMs: number;
  /** Between two pictures, ms. */
  readonly nextMs: number;
}

export const usualPatience: Patience = { firstMs: 10_000, nextMs: 3_000 };

export interface Stream {
  /** Resolves when the process is gone: SIGTERM, and SIGKILL after one second. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

export interface StreamEnds {
  readonly onJpeg: (jpeg: Uint8Array<ArrayBuffer>) => void;
  /**
   * Called once, when the stream ended without `stop`. Null where the program ended by itself with status 0 after at
   * least one picture; else Fault `tool-missing`, `camera-silent`, `camera-garbage` or `camera-lost`.
   */
  readonly onEnd: (fault: Fault | null) => void;
}

/** Runs one program that writes MJPEG, and watches it: no picture in time, garbage, or death end it. */
export function startStream(command: Command, { onJpeg, onEnd }: StreamEnds, patience = usualPatience): Stream {
  // A process group of its own, so that a wrapper script cannot leave the program it started behind.
  const child = spawn(command.program, command.args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const parser = mjpegParser();
  const gone = Promise.withResolvers<void>();
  let pictures = 0;
  let bytes = 0;
  let complaint = "";
  let over = false;
  let isGone = false;
  const kill = (signal: "SIGTERM" | "SIGKILL") => {
    // A number that is free again may be somebody else's by now.
    if (!isGone) killGroup(child, signal);
  };
  // Our own exit takes the group along; where we are killed, the broken pipe ends it at its next picture.
  const killNow = () => kill("SIGKILL");
  process.once("exit", killNow);

  const finish = (fault: Fault | null) => {
    if (over) return;
    over = true;
    clearTimeout(watchdog);
    onEnd(fault);
  };
  const fail = (fault: Fault) => {
    killNow();
    finish(fault);
  };

  const bite = () => {
    const before = bytes;
    // A thread that was busy for seconds has unread pictures waiting: read those before blaming the camera.
    setImmediate(() => {
      if (over) return;
      if (bytes === before)
        fail(bytes > 0 && pictures === 0 ? noPictures(command) : silent(command, patience, pictures));
      else arm();
    });
  };
  let watchdog = setTimeout(bite, patience.firstMs);
  const arm = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(bite, pictures === 0 ? patience.firstMs : patience.nextMs);
  };

  child.stdout.on("data", (chunk: Buffer) => {
    if (over) return;
    bytes += chunk.length;
    try {
      for (const jpeg of parser.push(chunk)) {
        pictures += 1;
        arm();
        onJpeg(jpeg);
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      fail(error);
    }
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-complaintMax);
  });
  child.once("error", (error: NodeJS.ErrnoException) => {
    finish(error.code === "ENOENT" ? toolMissing(command, error) : lost(command, error.message));
    if (child.pid === undefined) {
      process.removeListener("exit", killNow);
      gone.resolve();
    }
  });
  child.once("close", (status, signal) => {
    process.removeListener("exit", killNow);
    // Whatever a wrapper script left behind.
    killNow();
    isGone = true;
    finish(
      status === 0 && pictures > 0 ? null : lost(command, lastLine(complaint, command) || `status ${status ?? signal}`),
    );
    gone.resolve();
  });

  return {
    stop: async () => {
      over = true;
      clearTimeout(watchdog);
      kill("SIGTERM");
      const hammer = setTimeout(killNow, 1_000);
      await gone.promise;
      clearTimeout(hammer);
    },
  };
}

function killGroup({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in the group, which is what we want.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const complaintMax = 4_096;

/** The last line that says something, without the names of people's files and folders. */
function lastLine(complaint: string, { args }: Command): string {
  const lines = complaint.split(/\r?\n/u).filter((line) => line.trim() !== "");
  const files = args.filter((word) => /\/|\.\w+$/u.test(word) && !word.startsWith("/dev/"));
  const nameless = files.reduce((line, name) => line.replaceAll(name, "(file)"), lines.at(-1) ?? "");
  return nameless.replaceAll(/(?<![\w/])\/(?!dev\/)[^\s:'"]+/gu, "(file)").slice(0, 300);
}

const toolMissing = ({ program }: Command, cause: unknown): Fault =>
  new Fault(
    "tool-missing",
    `The program ${baseName(program)} is not installed`,
    `Install ${baseName(program)} (provisioning/setup.sh installs what Lintel needs), or choose another camera.`,
    cause,
  );

const lost = ({ program }: Command, why: string): Fault =>
  new Fault("camera-lost", `${baseName(program)} ended: ${why}`, "Check the camera's cable and plug it in again.");

const silent = ({ program }: Command, patience: Patience, pictures: number): Fault =>
  new Fault(
    "camera-silent",
    `${baseName(program)} sent no picture for ${pictures === 0 ? patience.firstMs : patience.nextMs} ms`,
    "Unplug the camera and plug it in again; if it stays silent, try another port.",
  );

const noPictures = ({ program }: Command): Fault =>
  new Fault(
    "camera-garbage",
    `${baseName(program)} sends bytes, but no picture`,
    "Check that the camera command writes MJPEG to its standard output.",
  );

const baseName = (program: string): string => program.split("/").at(-1) ?? program;
