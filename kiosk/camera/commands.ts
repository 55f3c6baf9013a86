/** A program that writes MJPEG to its standard output until it is ended. No shell is ever involved. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface Mode {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerS: number;
}

/** What the models want: a face of 200 px across at arm's length, and more pictures than the engine can look at. */
export const usualMode: Mode = { widthPx: 640, heightPx: 480, framesPerS: 15 };

/**
 * A USB (UVC) camera. The camera's own JPEGs are copied, never recompressed: 2-3 % of one core.
 * @param device prefer /dev/v4l/by-id/...: /dev/videoN changes its number with the order of plugging.
 */
export const usb = (device: string, { widthPx, heightPx, framesPerS }: Mode = usualMode): Command => ({
  program: "ffmpeg",
  args: [
    ...["-nostdin", "-hide_banner", "-loglevel", "error", "-fflags", "nobuffer"],
    ...["-f", "v4l2", "-input_format", "mjpeg"],
    ...["-video_size", `${widthPx}x${heightPx}`, "-framerate", `${framesPerS}`, "-i", device],
    ...["-c", "copy", "-f", "mpjpeg", "pipe:1"],
  ],
});

/** A ribbon camera of a Raspberry Pi. Source: the rpicam-apps documentation; not yet run on a Pi by us. */
export const piCsi = ({ widthPx, heightPx, framesPerS }: Mode = usualMode): Command => ({
  program: "rpicam-vid",
  args: [
    ...["-t", "0", "-n", "--codec", "mjpeg", "--width", `${widthPx}`, "--height", `${heightPx}`],
    ...["--framerate", `${framesPerS}`, "--flush", "-o", "-"],
  ],
});

/**
 * A ribbon camera of a Jetson. The sensor delivers 1280 x 720 whatever we ask, so the picture is scaled on the way.
 * Source: NVIDIA's accelerated GStreamer guide; not yet run on a Jetson by us.
 */
export const jetson = ({ widthPx, heightPx, framesPerS }: Mode = usualMode): Command => ({
  program: "gst-launch-1.0",
  args: [
    ...["-q", "nvarguscamerasrc"],
    ...["!", `video/x-raw(memory:NVMM),width=1280,height=720,framerate=${framesPerS}/1`],
    ...["!", "nvvidconv", "!", `video/x-raw(memory:NVMM),width=${widthPx},height=${heightPx}`],
    ...["!", "nvjpegenc", "!", "multipartmux", "!", "fdsink", "fd=1"],
  ],
});

/** A command of the technician's own, already split into words. */
export function custom(words: readonly [string, ...string[]]): Command {
  const [program, ...args] = words;
  return { program, args };
}
