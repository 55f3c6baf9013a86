import type { ChallengeSeen } from "../../kiosk/core/sight.ts";
import { challengeRules, openChallenger } from "../../kiosk/inference/challenge.ts";
import type { Motion } from "../../kiosk/inference/motion.ts";
import type { Networks } from "../../kiosk/inference/networks.ts";
import type { Picture } from "../../kiosk/inference/picture.ts";
import { type Relief, reliefOf } from "../../kiosk/inference/relief.ts";
import { type Held, type Lens, type Pose, photographed, type Shape, straightPose, usualLens } from "./photo.ts";
import { motionIn, picturesOf, type Sitter, type Stage } from "./stage.ts";

/** A frontal picture of somebody, cut out to be printed. */
export interface Portrait {
  readonly picture: Picture;
  readonly cut: Held["cut"];
  /** So that every print is held where the face is as wide as that of somebody at the clock. */
  readonly scale: number;
}

/** Seconds into the clips where somebody looks straight ahead. */
const moments: Readonly<Record<Sitter, readonly number[]>> = {
  man: [3, 5, 8, 12, 45],
  manLater: [2, 5, 8, 14],
  otherMan: [2, 6, 14, 66, 95],
};

const faceWidth = 190;

/** @param each at most so many of every sitter. */
export async function portraits({ networks, clips }: Stage, each = 5): Promise<readonly Portrait[]> {
  const found: Portrait[] = [];
  for (const sitter of ["otherMan", "man", "manLater"] as const) {
    for (const fromS of moments[sitter].slice(0, each)) {
      const [picture] = await picturesOf(clips[sitter], { fromS, fps: 5, count: 1 });
      if (picture !== undefined) found.push(await portraitOf(networks, picture));
    }
  }
  return found;
}

export async function portraitOf(networks: Networks, picture: Picture): Promise<Portrait> {
  const { box } = await motionIn(networks, picture, 0);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const besides = Math.min(1.3 * box.width, x, picture.width - x);
  const above = Math.min(1.1 * box.height, y, picture.height - y);
  const cut = { x: x - besides, y: y - above, width: 2 * besides, height: 2 * above };
  return { picture, cut, scale: faceWidth / box.width };
}

export interface Attempt {
  /** Whether it was taken for a face that looks straight ahead, and so was asked to turn. */
  readonly isAsked: boolean;
  readonly state: ChallengeSeen["state"];
  /** How far it came from the straight look, at the turning point. */
  readonly turned: number;
  readonly relief: Relief;
}

export interface Handling {
  readonly shape: Shape;
  /** Degrees at the turning point. */
  readonly angles: readonly number[];
  readonly pitches: readonly number[];
  /** Degrees it is already turned to the other side when it is taken for straight; 0 by default. */
  readonly aslant?: number;
  readonly lens?: Lens;
}

/**
 * Everything somebody could try with one print: straight, on the way, turned, on the way back and straight again, to
 * both sides, in hands that are never quite still. The challenge asks for just the side that comes.
 */
export async function attempts(stage: Stage, portrait: Portrait, handling: Handling): Promise<readonly Attempt[]> {
  const { shape, angles, pitches, aslant = 0, lens = usualLens } = handling;
  const hands = unsteady();
  const wall = wallOf(lens);
  const many = async (count: number, yaw: number, pitch: number, known = false): Promise<readonly Motion[]> => {
    const looks: Motion[] = [];
    for (let at = 0; at < count; at++) {
      const pose: Pose = { ...straightPose, ...hands(yaw, pitch), scale: portrait.scale };
      const picture = photographed({ ...portrait, shape }, pose, wall, lens);
      looks.push(await motionIn(stage.networks, picture, 0, known));
    }
    return looks;
  };

  const made: Attempt[] = [];
  for (const side of [1, -1]) {
    const straight = await many(5, -side * aslant, 0, true);
    for (const pitch of pitches) {
      for (const angle of angles) {
        const out = await many(1, side * angle * 0.6, pitch);
        const turned = await many(2, side * angle, pitch);
        made.push(judged({ straight, out, turned, side }));
      }
    }
  }
  return made;
}

interface Sequence {
  readonly straight: readonly Motion[];
  readonly out: readonly Motion[];
  readonly turned: readonly Motion[];
  readonly side: number;
}

const fps = 10;

function judged({ straight, out, turned, side }: Sequence): Attempt {
  const challenger = openChallenger(challengeRules(0.4));
  let atMs = 0;
  const play = (motions: readonly Motion[]): void => {
    for (const motion of motions) {
      atMs += 1000 / fps;
      challenger.note({ ...motion, atMs });
    }
  };
  play(straight);
  const isAsked = challenger.able().turn;
  challenger.ask({ id: 1, kind: side > 0 ? "turn-left" : "turn-right" });
  play([...out, ...turned, ...turned, ...out.toReversed(), ...straight]);
  const [before] = straight;
  const reliefs = turned.map((motion) => {
    const yaw = motion.yaw - (before?.yaw ?? 0);
    return { yaw: side * yaw, relief: reliefOf(before?.points.all ?? [], motion.points.all, yaw) };
  });
  const [first] = reliefs.toSorted((a, b) => b.yaw - a.yaw);
  if (first === undefined) throw new Error("nothing turned");
  return { isAsked, state: challenger.seen()?.state ?? "failed", turned: first.yaw, relief: first.relief };
}

/** Always the same hands, so that a failure can be seen again. */
function unsteady(): (yaw: number, pitch: number) => Omit<Pose, "scale"> {
  let seed = 11;
  const tremble = (most: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (seed / 1_073_741_824 - 1) * most;
  };
  return (yaw, pitch) => ({
    yaw: yaw + tremble(1),
    pitch: pitch + tremble(1),
    roll: tremble(3),
    x: tremble(12),
    y: tremble(12),
  });
}

/** An evenly lit wall with the grain of a sensor. */
export function wallOf({ width, height }: Lens): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0, seed = 1; at < rgb.length; at++) {
    seed = (seed * 48_271) % 2_147_483_647;
    rgb[at] = 160 + (seed % 9);
  }
  return { width, height, rgb };
}
