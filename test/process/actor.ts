import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Somebody who does what the clock says: a camera command that plays footage on cue. In the clip a man looks straight
 * and a little to both sides, and turns far to his right; in a mirror he turns to his left. Sensor noise is laid over
 * it, because no real camera shows the same picture twice.
 */
export interface Actor {
  /** For `--camera`. */
  readonly camera: string;
  readonly walksUp: () => void;
  readonly turns: (side: "left" | "right") => void;
}

// The clip is played in pieces; each ends by itself, so that no picture is ever cut in the middle.
const script = `
seed=0
show() { # input options, duration, filter
  seed=$((seed + 1))
  ffmpeg -nostdin -v error -re $1 -t "$2" -vf "fps=12,scale=640:480,$3noise=alls=3:allf=t:all_seed=$seed" \\
    -an -q:v 3 -f mpjpeg pipe:1 || exit 1
}
while [ ! -e "$1/here" ]; do show "-f lavfi -i color=0x998f88:size=640x480:rate=15" 1 ""; done
show "-ss 22.4 -i $2" 4.6 ""
while [ ! -e "$1/left" ] && [ ! -e "$1/right" ]; do show "-ss 22.4 -i $2" 1 ""; done
mirror=""
[ -e "$1/left" ] && mirror="hflip,"
while true; do show "-ss 18.5 -i $2" 2.5 "$mirror"; show "-ss 22.4 -i $2" 1 "$mirror"; done
`;

/** @param directory an empty one, for the cues. */
export function openActor(directory: string, clip: string): Actor {
  const cue = (name: string): void => writeFileSync(join(directory, name), "");
  return {
    camera: `command:${JSON.stringify(["sh", "-c", script, "actor", directory, clip])}`,
    walksUp: () => cue("here"),
    turns: cue,
  };
}
