import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface OverProps {
  readonly title: string;
  readonly close: string;
  /** Nobody should find the wall covered by what somebody else was reading. */
  readonly closesAfterMs: number;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

const signs = ["pointerdown", "scroll", "wheel", "keydown"] as const;

/** A page over the wall, for as long as somebody reads it. */
export function Over({ title, close, closesAfterMs, onClose, children }: OverProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // Reading begins at the top; the dialog itself would go to its only button.
    heading.current?.focus();
    let timer = setTimeout(onClose, closesAfterMs);
    // Whoever still reads touches, scrolls or moves on with a key, and has all the time again.
    const again = (): void => {
      clearTimeout(timer);
      timer = setTimeout(onClose, closesAfterMs);
    };
    const shown = dialog.current;
    for (const kind of signs) shown?.addEventListener(kind, again);
    return () => {
      clearTimeout(timer);
      for (const kind of signs) shown?.removeEventListener(kind, again);
    };
  }, [onClose, closesAfterMs]);
  return (
    <dialog ref={dialog} class="notice" aria-labelledby="over-title" onClose={onClose}>
      <h2 id="over-title" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
      <button type="button" class="way" onClick={() => dialog.current?.close()}>
        {close}
      </button>
    </dialog>
  );
}
