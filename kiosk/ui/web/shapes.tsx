/** The drawn signs. Each goes with words, so none of them is read aloud. */

export const Check = () => (
  <svg class="shape shape-check" viewBox="0 0 300 300" aria-hidden="true">
    <circle cx="150" cy="150" r="144" pathLength={100} />
    <path d="M84 156 l46 46 l92 -100" pathLength={100} />
  </svg>
);

export const Triangle = () => (
  <svg class="shape shape-care" viewBox="0 0 300 276" aria-hidden="true">
    <path d="M150 18 L286 258 L14 258 Z" />
    <path d="M150 106 v78" />
    <circle cx="150" cy="220" r="9" />
  </svg>
);

export const Bar = () => (
  <svg class="shape shape-bar" viewBox="0 0 300 300" aria-hidden="true">
    <circle cx="150" cy="150" r="141" />
    <path d="M84 150 h132" />
  </svg>
);

/** A place on a map, with rings that are heard: it is here. */
export const Here = () => (
  <svg class="shape shape-here" viewBox="0 0 300 300" aria-hidden="true">
    <path d="M150 286 Q62 178 62 116 a88 88 0 0 1 176 0 Q238 178 150 286 Z" />
    <circle cx="150" cy="116" r="34" />
    <path d="M22 176 a140 140 0 0 1 8 -132 M278 176 a140 140 0 0 0 -8 -132" />
  </svg>
);

/** A hand's card under waves: hold it here. */
export const BadgeSign = () => (
  <svg class="sign-icon" viewBox="0 0 120 120" aria-hidden="true">
    <rect x="14" y="52" width="92" height="58" rx="10" />
    <circle cx="40" cy="76" r="9" />
    <path d="M26 97 c2 -13 26 -13 28 0 M68 74 h24 M68 90 h16" />
    <path d="M46 38 c8 -8 20 -8 28 0 M34 25 c15 -14 37 -14 52 0" />
  </svg>
);

/** Keys of a pad. */
export const PadSign = () => (
  <svg class="sign-icon" viewBox="0 0 120 120" aria-hidden="true">
    <rect x="22" y="10" width="76" height="100" rx="12" />
    <path d="M42 36 h.1 M60 36 h.1 M78 36 h.1 M42 60 h.1 M60 60 h.1 M78 60 h.1 M42 84 h.1 M60 84 h.1 M78 84 h.1" />
  </svg>
);

/** A telephone with a code on its glass. */
export const PassSign = () => (
  <svg class="sign-icon" viewBox="0 0 120 120" aria-hidden="true">
    <rect x="30" y="8" width="60" height="104" rx="12" />
    <path d="M46 34 h12 v12 h-12 Z M64 34 h10 M64 46 h10 M46 60 h10 M64 60 h10 v10 M46 72 h8 M54 96 h12" />
  </svg>
);

export const FaceSign = () => (
  <svg class="sign-icon" viewBox="0 0 120 120" aria-hidden="true">
    <path d="M14 36 v-14 q0 -8 8 -8 h14 M84 14 h14 q8 0 8 8 v14 M106 84 v14 q0 8 -8 8 h-14 M36 106 h-14 q-8 0 -8 -8 v-14" />
    <path d="M44 50 v6 M76 50 v6 M60 52 v14 h-5 M44 80 q16 12 32 0" />
  </svg>
);

export const Tick = () => (
  <svg class="tick" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M7 21 l9 9 l17 -20" />
  </svg>
);

/** Three dots: it is still to come. */
export const Waiting = () => (
  <svg class="tick" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M7 22 h.1 M20 22 h.1 M33 22 h.1" />
  </svg>
);

/** A line that is cut. */
export const NoNetwork = () => (
  <svg class="truth-icon" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M5 16 c9 -9 21 -9 30 0 M12 23 c5 -5 11 -5 16 0 M20 31 h.1 M7 35 L33 5" />
  </svg>
);

/** Takes the last letter away: the arrow runs against the letters. */
export const Erase = () => (
  <svg class="truth-icon" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M14 8 h20 v24 h-20 L4 20 Z M19 15 L29 25 M29 15 L19 25" />
  </svg>
);

export const Globe = () => (
  <svg class="truth-icon" viewBox="0 0 40 40" aria-hidden="true">
    <circle cx="20" cy="20" r="16" />
    <path d="M20 4 c-9 10 -9 22 0 32 c9 -10 9 -22 0 -32 M5 15 h30 M5 25 h30" />
  </svg>
);

export const Book = () => (
  <svg class="truth-icon" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M8 6 h20 q4 0 4 4 v24 h-20 q-4 0 -4 -4 Z M8 30 q0 -4 4 -4 h20 M20 12 v6 M20 22 h.1" />
  </svg>
);

export const Padlock = () => (
  <svg class="truth-icon" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M8 18 h24 v16 h-24 Z M13 18 v-5 q0 -7 7 -7 q7 0 7 7 v5 M20 24 v4" />
  </svg>
);

export const Plug = () => (
  <svg class="truth-icon" viewBox="0 0 40 40" aria-hidden="true">
    <path d="M6 22 h28 v12 h-28 Z M12 14 c5 -5 11 -5 16 0 M6 38 L34 4" />
  </svg>
);

/** The ring around the preview fills as evidence grows, or one half of it as a head turns; nobody is shown a number. */
export const Ring = ({
  progress,
  side = null,
}: {
  readonly progress: number;
  readonly side?: "left" | "right" | null;
}) => (
  <svg class="ring-line" data-side={side} viewBox="0 0 200 200" aria-hidden="true">
    <circle class="ring-track" cx="100" cy="100" r="97" />
    <circle
      class="ring-fill"
      cx="100"
      cy="100"
      r="97"
      pathLength={100}
      style={{ "--left": `${100 - (side === null ? 100 : 50) * Math.min(1, Math.max(0, progress))}` }}
      data-empty={progress <= 0}
    />
  </svg>
);
