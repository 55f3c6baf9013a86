import type { FivePoints, Point } from "../../../kiosk/inference/landmarks.ts";
import { yawOf } from "../../../kiosk/inference/landmarks.ts";
import type { Motion } from "../../../kiosk/inference/motion.ts";

/**
 * A made-up head of 68 points in iBUG's order, and a flat print of it: nobody's face, only roughly the proportions of
 * one. Distances in eye distances from between the eyes: x to the picture's right, y down, z away from the camera.
 */
interface Solid extends Point {
  readonly z: number;
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);
const between = (from: number, to: number, at: number, count: number): number =>
  from + ((to - from) * at) / (count - 1);

const ellipse = (x: number, y: number, wide: number, high: number, angles: readonly number[]): readonly Solid[] =>
  angles.map((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const at = { x: x + wide * Math.cos(angle), y: y + high * Math.sin(angle) };
    return { ...at, z: 0.3 * at.x ** 2 - (y > 1 ? 0.25 : 0.08) };
  });

const jaw = range(17).map((at): Solid => {
  const angle = between(-Math.PI / 2, Math.PI / 2, at, 17);
  return { x: 1.12 * Math.sin(angle), y: 0.1 + 1.65 * Math.cos(angle), z: 0.9 * Math.sin(angle) ** 2 };
});
const brows = [-1, 1].flatMap((side) =>
  range(5).map((at): Solid => {
    const x = side < 0 ? between(-0.85, -0.2, at, 5) : between(0.2, 0.85, at, 5);
    return { x, y: -0.38 + 0.1 * Math.abs(x), z: 0.3 * x * x - 0.1 };
  }),
);
const bridge = range(4).map((at): Solid => ({ x: 0, y: 0.22 * at, z: [-0.1, -0.22, -0.38, -0.52][at] ?? 0 }));
const nostrils = range(5).map((at): Solid => {
  const x = between(-0.24, 0.24, at, 5);
  return { x, y: 0.8, z: -0.3 + 2.5 * x * x };
});
const eyeAngles = [180, 240, 300, 0, 60, 120];
const lipAngles = [180, 210, 240, 270, 300, 330, 0, 30, 60, 90, 120, 150];
const head: readonly Solid[] = [
  ...[...jaw, ...brows, ...bridge, ...nostrils],
  ...[...ellipse(-0.5, 0, 0.22, 0.07, eyeAngles), ...ellipse(0.5, 0, 0.22, 0.07, eyeAngles)],
  ...[...ellipse(0, 1.2, 0.4, 0.14, lipAngles), ...ellipse(0, 1.2, 0.28, 0.05, [180, 225, 270, 315, 0, 45, 90, 135])],
];

export interface Look {
  /** Degrees, above 0 to the picture's right; nodding; tilting. */
  readonly turn?: number;
  readonly nod?: number;
  readonly tilt?: number;
  readonly atMs?: number;
  readonly track?: number;
  readonly vector?: Float32Array | null;
  readonly eyes?: Motion["eyes"];
  /** Pixels between the eyes where it looks straight. */
  readonly size?: number;
  /** Eye distances from the lens; nearer, a sheet's far side shrinks more. */
  readonly away?: number;
  /** 1 is a head, 0 a print of it, between them a shallow relief. */
  readonly depth?: number;
}

/** Of length 1, and at right angles to each other. */
export const somebody = Float32Array.of(1, 0);
export const somebodyElse = Float32Array.of(0, 1);

/** Through a pinhole; from ten eye distances away, as somebody at a clock is, unless told otherwise. */
export function motionOf(look: Look): Motion {
  const { turn = 0, nod = 0, tilt = 0, size = 80, away = usually, depth = 1 } = look;
  const points = head.map((point) => seen({ ...point, z: point.z * depth }, { turn, nod, tilt, away }, size));
  const five = fiveOf(points);
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const yaw = yawOf(five);
  const gated = Math.abs(yaw) <= 0.25 ? somebody : null;
  return {
    atMs: look.atMs ?? 0,
    track: look.track ?? 1,
    box: { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y },
    picture: { width: 640, height: 480 },
    points: { five, all: points },
    yaw,
    eyes: look.eyes ?? null,
    vector: look.vector === undefined ? gated : look.vector,
  };
}

const usually = 10;

function seen(
  { x, y, z }: Solid,
  { turn, nod, tilt, away }: Record<"turn" | "nod" | "tilt" | "away", number>,
  size: number,
): Point {
  const [t, n, r] = [turn, nod, tilt].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const [nodY, nodZ] = [y * Math.cos(n) - z * Math.sin(n), y * Math.sin(n) + z * Math.cos(n)];
  const turnX = x * Math.cos(t) - nodZ * Math.sin(t);
  const depth = away + x * Math.sin(t) + nodZ * Math.cos(t);
  const [rolledX, rolledY] = [turnX * Math.cos(r) - nodY * Math.sin(r), turnX * Math.sin(r) + nodY * Math.cos(r)];
  return { x: 320 + (size * away * rolledX) / depth, y: 200 + (size * away * rolledY) / depth };
}

function fiveOf(points: readonly Point[]): FivePoints {
  const middle = (from: number, to: number): Point => {
    const some = points.slice(from, to);
    const mean = (of: (point: Point) => number) => some.reduce((sum, point) => sum + of(point), 0) / some.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  };
  return {
    leftEye: middle(36, 42),
    rightEye: middle(42, 48),
    nose: middle(30, 31),
    leftMouth: middle(48, 49),
    rightMouth: middle(54, 55),
  };
}
