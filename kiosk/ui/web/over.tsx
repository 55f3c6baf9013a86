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

/** A page over the wall, for as long as somebody reads it. */
export function Over({ title, close, closesAfterMs, onClose, children }: OverProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // Reading begins at the top; the dialog itself would go to its only button.
    heading.current?.focus();
    const timer = setTimeout(onClose, closesAfterMs);
    return () => clearTimeout(timer);
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
