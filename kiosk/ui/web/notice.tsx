import type { Words } from "./language/words.ts";
import { Over } from "./over.tsx";

/** What the clock keeps, in plain words, one touch away from every idle moment. */
export const Notice = ({ words: { notice }, onClose }: { readonly words: Words; readonly onClose: () => void }) => (
  <Over title={notice.title} close={notice.close} closesAfterMs={60_000} onClose={onClose}>
    <div class="notice-parts">
      {Object.values(notice.parts).map(({ head, body }) => (
        <section key={head}>
          <h3>{head}</h3>
          <p>{body}</p>
        </section>
      ))}
    </div>
  </Over>
);
