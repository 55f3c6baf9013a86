import type { OutageView } from "../../core/view.ts";
import type { Words } from "./language/words.ts";
import { Over } from "./over.tsx";
import type { Tell } from "./tell.ts";

interface OutageProps {
  readonly outage: OutageView;
  /** Punches that wait here. */
  readonly waiting: number;
  readonly words: Words;
  readonly tell: Tell;
  readonly onClose: () => void;
}

/** Why nothing arrives, for the technician in front of the wall: what, what to do, since when, and the code to ask for. */
export function Outage({ outage: { code, message, remedy, sinceMs }, waiting, words, tell, onClose }: OutageProps) {
  const { outage } = words;
  const causes: Readonly<Record<string, string>> = outage.cause;
  const rows = [
    { head: outage.next, body: remedy },
    { head: outage.found, body: message, isRaw: true },
    { head: outage.since, body: `${tell.date(sinceMs)}, ${tell.time(sinceMs)}` },
    { head: outage.code, body: code, isRaw: true },
  ];
  return (
    <Over
      title={causes[code] ?? outage.otherCause}
      close={words.notice.close}
      closesAfterMs={180_000}
      onClose={onClose}
    >
      <p>{outage.safe(waiting)}</p>
      <dl class="notice-parts outage">
        {rows.map(({ head, body, isRaw = false }) => (
          <div key={head}>
            <dt>{head}</dt>
            <dd>{isRaw ? <code dir="auto">{body}</code> : <bdi>{body}</bdi>}</dd>
          </div>
        ))}
      </dl>
    </Over>
  );
}
