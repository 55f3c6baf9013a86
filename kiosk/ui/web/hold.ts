/**
 * The page stays what it is, whatever fingers, mice and keyboards try: nothing on it can be selected, dragged, zoomed or
 * printed, nothing dropped on it opens, and no key or gesture leads away. What the browser keeps to itself (closing the
 * window, its own tools) is the business of how it is started.
 */
export function holdPage(): void {
  const refuse = (event: Event): void => event.preventDefault();
  for (const kind of ["contextmenu", "selectstart", "dragstart", "dragover", "drop", "copy", "cut", "paste"]) {
    addEventListener(kind, refuse);
  }
  // Back, forward, and the wheel's button, which opens, pastes or scrolls by itself.
  for (const kind of ["mousedown", "mouseup", "auxclick"] as const) {
    addEventListener(kind, (event) => event.button > 0 && event.preventDefault());
  }
  addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), { passive: false });
  addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  addEventListener("keydown", (event) => !isForUs(event) && event.preventDefault(), { capture: true });
  history.pushState(null, "");
  addEventListener("popstate", () => history.pushState(null, ""));
}

const ours = new Set([
  ...["Tab", "Enter", "Escape", "Home", "End", "PageUp", "PageDown", "Backspace", "Delete"],
  ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
]);

/** Moving about, choosing, and plain letters and digits; never a chord, a function key or a key of the browser's own. */
function isForUs({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return !ctrlKey && !altKey && !metaKey && (ours.has(key) || [...key].length === 1);
}
