import { useEffect, useRef } from "preact/hooks";
import type { Words } from "./words.ts";

/** Nobody should find the wall covered by what somebody else was reading. */
const closesAfterMs = 60_000;

/** What the clock keeps, in plain words, one touch away from every idle moment. */
export function Notice({ words, onClose }: { readonly words: Words; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // Reading begins at the top; the dialog itself would go to its only button.
    title.current?.focus();
    const timer = setTimeout(onClose, closesAfterMs);
    return () => clearTimeout(timer);
  }, [onClose]);
  const { notice } = words;
  return (
    <dialog ref={dialog} class="notice" aria-labelledby="notice-title" onClose={onClose}>
      <h2 id="notice-title" ref={title} tabIndex={-1}>
        {notice.title}
      </h2>
      <div class="notice-parts">
        {notice.parts.map(({ head, body }) => (
          <section key={head}>
            <h3>{head}</h3>
            <p>{body}</p>
          </section>
        ))}
      </div>
      <button type="button" class="way" onClick={() => dialog.current?.close()}>
        {notice.close}
      </button>
    </dialog>
  );
}
