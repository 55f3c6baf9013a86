import type { ChallengeKind, Pose } from "./kinds.ts";

/** Drawn movements. Left and right are the person's own, which are also those of the mirrored glass (preview.tsx). */

type Side = "left" | "right";

export const sideOf = (kind: ChallengeKind | Pose): Side | null =>
  kind === "blink" || kind === "straight" ? null : kind.endsWith("left") ? "left" : "right";

/** Stands at the edge of the ring and fills from tail to tip while the head turns. */
export const TurnArrow = ({ side, progress }: { readonly side: Side; readonly progress: number }) => (
  <svg
    class="turn"
    data-side={side}
    viewBox="0 0 240 200"
    aria-hidden="true"
    style={{ "--left": `${100 - 100 * Math.min(1, Math.max(0, progress))}%` }}
  >
    <path class="turn-ground" d={arrow} />
    <path class="turn-fill" d={arrow} />
    <path class="turn-line" d={arrow} />
  </svg>
);

const arrow = "M16 100 L112 16 V64 H216 Q224 64 224 72 V128 Q224 136 216 136 H112 V184 Z";

/** An open eye, and the same eye closed. */
export const Blink = () => (
  <svg class="medal medal-wide" viewBox="0 0 300 130" aria-hidden="true">
    <rect x="4" y="4" width="292" height="122" rx="61" />
    <path d="M46 66 Q86 20 126 66 Q86 112 46 66 Z" />
    <circle class="dot" cx="86" cy="66" r="15" />
    <path d="M174 58 Q214 96 254 58 M186 76 l-9 13 M214 82 v16 M242 76 l9 13" />
  </svg>
);

/** What was asked for is done; the head may come back to the middle. */
export const StraightAgain = () => (
  <svg class="medal" viewBox="0 0 200 200" aria-hidden="true">
    <circle cx="100" cy="100" r="96" />
    <g transform="translate(21 19) scale(0.79)">
      <Face turn={0} blinks={false} />
    </g>
  </svg>
);

/** The badge's card, with a tick on it: it is read. */
export const BadgeRead = () => (
  <svg class="medal" viewBox="0 0 200 200" aria-hidden="true">
    <circle cx="100" cy="100" r="96" />
    <rect x="34" y="58" width="132" height="84" rx="12" />
    <circle cx="67" cy="90" r="11" />
    <path d="M48 122 c3 -18 35 -18 38 0 M102 100 l17 17 l32 -36" />
  </svg>
);

/**
 * A head that does what the person is asked to do. Never drawn from its side: who turns so far is lost to the camera.
 */
export const Head = ({ pose }: { readonly pose: Pose }) => {
  const side = sideOf(pose);
  const isFar = pose === "turn-left" || pose === "turn-right";
  return (
    <svg class="head-drawing" viewBox="14 0 172 232" aria-hidden="true">
      <g transform={side === "right" ? "translate(200 0) scale(-1 1)" : undefined}>
        <Face turn={side === null ? 0 : isFar ? 0.48 : 0.24} blinks={pose === "blink"} />
        {side !== null && <path d={isFar ? farWay : littleWay} />}
      </g>
    </svg>
  );
};

const littleWay = "M122 209 Q98 215 76 209 M90 195 L74 208 L89 223";
const farWay = "M164 200 Q98 222 36 203 M54 187 L34 202 L50 220";

/**
 * Eyes, nose and mouth wander round an egg; one ear disappears behind it, the other comes to its front.
 * @param turn the sine of the turn to the left, in [0, 0.5]; the right is this one mirrored.
 */
function Face({ turn, blinks }: { readonly turn: number; readonly blinks: boolean }) {
  const middle = 100 - 56 * turn;
  const apart = 27 * (1 - 0.42 * turn);
  const ear = turn < 0.4 ? 163 : 137;
  return (
    <>
      <ellipse cx="100" cy="92" rx="62" ry="78" />
      {turn === 0 && <path d="M37 80 q-16 -4 -13 16 q3 19 18 18" />}
      <path d={`M${ear} 80 q16 -4 13 16 q-3 19 -18 18`} />
      <path d="M78 164 v18 M122 164 v18" />
      {[middle - apart, middle + apart].map((eye) =>
        blinks ? (
          <path key={eye} d={`M${eye - 13} 78 q13 13 26 0 M${eye} 85 v9`} />
        ) : (
          <circle key={eye} class="dot" cx={eye} cy="80" r="7.5" />
        ),
      )}
      <path d={`M${middle - 3 * turn} 88 L${middle - 9 - 18 * turn} 112 H${middle + 3}`} />
      <path d={`M${middle - 18 + 5 * turn} 132 q${18 - 5 * turn} 10 ${36 - 10 * turn} 0`} />
    </>
  );
}
