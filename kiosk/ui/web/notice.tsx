import type { PublicNotice } from "../../core/view.ts";
import type { Words } from "./language/words.ts";
import { Over } from "./over.tsx";
import { Qr } from "./receipt.tsx";

interface NoticeProps {
  readonly words: Words;
  /** Of this clock's own settings; undefined while nothing is known of them. */
  readonly notice: PublicNotice | undefined;
  readonly onClose: () => void;
}

/** What the clock keeps, in plain words and for how long, one touch away from every idle moment, for whoever it is. */
export const Notice = ({ words, notice: own, onClose }: NoticeProps) => {
  const { notice, rights, visit } = words;
  return (
    <Over title={notice.title} close={notice.close} closesAfterMs={60_000} onClose={onClose}>
      <div class="notice-parts">
        {Object.values(notice.parts).map(({ head, body }) => (
          <section key={head}>
            <h3>{head}</h3>
            <p>{body}</p>
          </section>
        ))}
        <section>
          <h3>{visit.errand.rights}</h3>
          <p>{rights.notice.see}</p>
        </section>
        {own !== undefined && <Schedule own={own} words={words} />}
        {own !== undefined && <Who own={own} words={words} />}
      </div>
    </Over>
  );
};

/** How long each thing is kept: the numbers that this clock works with, not those of a leaflet. */
const Schedule = ({ own, words: { rights } }: { readonly own: PublicNotice; readonly words: Words }) => {
  const said = rights.notice;
  const term = (days: number | null): string => (days === null ? said.you : days === 0 ? said.never : said.days(days));
  return (
    <section>
      <h3>{said.keep}</h3>
      <table class="schedule">
        <tbody>
          {own.keep.map(({ cls, days }) => (
            <tr key={cls}>
              <th scope="row">{said.cls[cls]}</th>
              <td>{term(days)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Who = ({ own, words: { rights } }: { readonly own: PublicNotice; readonly words: Words }) => {
  const said = rights.notice;
  const rows = [
    [said.controller, own.controller],
    [said.contact, own.contact],
    [said.version, own.version],
    [said.policy, own.url ?? ""],
  ].filter(([, text]) => text !== "");
  if (rows.length === 0) return null;
  return (
    <section class="notice-who">
      {own.url !== null && <Qr text={own.url} />}
      <table class="schedule">
        <tbody>
          {rows.map(([label, text]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                <bdi>{text}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
