/** The wall without fingers: arrow keys walk over what can be touched, and one switch can choose from what is offered. */

const targets = (): readonly HTMLElement[] => {
  const root = document.querySelector("dialog[open]") ?? document;
  return [...root.querySelectorAll<HTMLElement>("button:not(:disabled)")].filter(
    (button) => button.closest(".demo") === null,
  );
};

/** @param by 1 for the next, -1 for the one before; round and round. */
function walk(by: 1 | -1): void {
  const all = targets();
  const active = document.activeElement;
  const at = active instanceof HTMLElement ? all.indexOf(active) : -1;
  all.at(at === -1 ? (by === 1 ? 0 : -1) : (at + by) % all.length)?.focus();
}

export function heedArrows(): void {
  addEventListener("keydown", ({ key }) => {
    const isRtl = document.documentElement.dir === "rtl";
    if (key === "ArrowDown" || key === (isRtl ? "ArrowLeft" : "ArrowRight")) walk(1);
    if (key === "ArrowUp" || key === (isRtl ? "ArrowRight" : "ArrowLeft")) walk(-1);
  });
}

/** Nobody presses: an empty hall shall not blink all night. */
const roundsMax = 3;

export interface Scan {
  /** Something new is offered. */
  readonly anew: () => void;
  readonly stop: () => void;
}

/**
 * Single-switch scanning: one target after the other is offered for `everyMs`, and the switch, which is Enter or Space to
 * the page, takes the one that stands out. Any key begins again.
 */
export function scan(everyMs: number): Scan {
  let offered = 0;
  const anew = (): void => {
    offered = 0;
  };
  const timer = setInterval(() => {
    if (offered >= roundsMax * targets().length) return;
    offered += 1;
    walk(1);
  }, everyMs);
  document.documentElement.dataset.scanning = "";
  addEventListener("keydown", anew);
  return {
    anew,
    stop: () => {
      clearInterval(timer);
      delete document.documentElement.dataset.scanning;
      removeEventListener("keydown", anew);
    },
  };
}
