import type { ComponentChildren } from "preact";
import type { Place, Strip, Touch } from "../../core/view.ts";
import type { At, Way } from "./kinds.ts";
import { languages } from "./language/languages.ts";
import type { Words } from "./language/words.ts";
import type { Shift } from "./rest.ts";
import { BadgeSign, Book, Globe, NoNetwork, Padlock, Plug, Tick } from "./shapes.tsx";
import type { Tell } from "./tell.ts";

/** What every view is given beside its own `View`. */
export interface Wall {
  readonly strip: Strip;
  readonly place: Place;
  readonly words: Words;
  readonly tell: Tell;
  /** Epoch milliseconds; moves once in a minute. */
  readonly nowMs: number;
  /** Where the preview's pictures come from; a drawing in the gallery. */
  readonly previewUrl: string;
  /** True where nobody came for a while: idle goes dark. */
  readonly isDark: boolean;
  readonly touch: (touch: Touch) => void;
  /** For whoever stands here, until they have gone. */
  readonly speakIn: (lang: string) => void;
  readonly openNotice: () => void;
  /** Why nothing arrives. */
  readonly openOutage: () => void;
}

type Ground = "paper" | "yes" | "care" | "ink" | "dark";

interface SheetProps {
  readonly wall: Wall;
  readonly at: At | "unreachable";
  readonly ground: Ground;
  /** One shape, where the view has one. */
  readonly figure?: ComponentChildren;
  /** The sentence and what belongs to it. */
  readonly children: ComponentChildren;
  readonly rows?: ComponentChildren;
  readonly ways?: ComponentChildren;
  readonly foot?: ComponentChildren;
  /** Idle shows the large clock and thanks tells delivery in its rows, so neither says it twice. */
  readonly withTime?: boolean;
  readonly withNetwork?: boolean;
  /** A small walk of everything that stands here for hours, in pixels. */
  readonly shift?: Shift;
}

/** The one layout: place above, one shape and one sentence, what to touch in the lower half. */
export function Sheet(props: SheetProps) {
  const { wall, at, ground, figure, children, rows, ways, foot, withTime = true, withNetwork = true, shift } = props;
  const { tail } = wall.strip;
  return (
    <main
      class="screen"
      data-at={at}
      data-ground={ground}
      style={shift && { "--shift-x": `${shift.xPx}px`, "--shift-y": `${shift.yPx}px` }}
    >
      <header class="head">
        <p class="head-place">
          <bdi>{wall.place.site}</bdi>
          {wall.place.gate !== "" && (
            <>
              {" · "}
              <bdi>{wall.place.gate}</bdi>
            </>
          )}
        </p>
        {withTime && <p class="head-time">{wall.tell.time(wall.nowMs)}</p>}
        {tail && (
          <p class="tail">
            <Tick />
            <bdi>{tail.name}</bdi> {wall.words.visit.kind[tail.kind]} <bdi>{wall.tell.time(tail.local)}</bdi>
          </p>
        )}
        {wall.strip.simulated && (
          <p class="ribbon">
            <b>{wall.words.truths.demo}</b> {wall.words.truths.pretended}
          </p>
        )}
      </header>
      <div class="scene">
        {figure !== undefined && <div class="figure">{figure}</div>}
        <div class="say">{children}</div>
      </div>
      <div class="aside">
        {rows}
        <Truths wall={wall} withNetwork={withNetwork} />
        {ways !== undefined && <div class="ways">{ways}</div>}
      </div>
      <footer class="foot">{foot}</footer>
    </main>
  );
}

/** What is not as it should be, small but always there. */
function Truths({ wall, withNetwork }: { readonly wall: Wall; readonly withNetwork: boolean }) {
  const { strip, words } = wall;
  const { notice } = strip;
  // Thanks tells in its own rows where the punch is kept.
  const locked = withNetwork ? strip.locked : null;
  // Where nothing is to be sent, nobody needs to hear that it cannot be.
  const isCut = withNetwork && strip.locked !== "order" && (strip.uplink === "offline" || strip.outage !== null);
  if (!isCut && locked === null && notice === null && strip.reader !== "lost") return null;
  return (
    <ul class="truths">
      {locked !== null && (
        <li>
          <Padlock />
          <span>{words.locked[locked]}</span>
        </li>
      )}
      {isCut && (
        <li>
          <NetworkTruth wall={wall} />
        </li>
      )}
      {strip.reader === "lost" && (
        <li>
          <Plug />
          <span>{words.badge.resting}</span>
        </li>
      )}
      {notice !== null && (
        <li>
          <Book />
          <span>
            {notice.reason === "corrupt" ? words.truths.damaged : words.truths.setAside}
            {notice.lost !== null && ` ${words.truths.lost(notice.lost[0], notice.lost[1])}`}
          </span>
        </li>
      )}
    </ul>
  );
}

/** The same calm sentence whatever is wrong; the cause is one touch away, for whoever it tells something. */
function NetworkTruth({ wall: { strip, words, openOutage } }: { readonly wall: Wall }) {
  const { truths } = words;
  const sentence = (strip.uplink === "offline" ? truths.offline : truths.undelivered)(strip.waiting);
  if (strip.outage === null) {
    return (
      <>
        <NoNetwork />
        <span>{sentence}</span>
      </>
    );
  }
  return (
    <button type="button" class="truth-button" onClick={openOutage}>
      <NoNetwork />
      <span>
        {sentence} <u>{words.outOfOrder.forTechnician}</u>
      </span>
    </button>
  );
}

/** The badge stands beside the camera at every step. A sign, not a button: it is the card that is tapped. */
export function BadgeWay({ wall: { strip, words } }: { readonly wall: Wall }) {
  if (strip.reader === "none" || strip.reader === "lost") return null;
  return (
    <div class="way sign">
      <BadgeSign />
      <p>
        <b>{words.badge.title}</b>
        <span class="way-how">{strip.reader === "starting" ? words.badge.starting : words.badge.how}</span>
      </p>
    </div>
  );
}

/** Leads to the ways that need a touch first: the badge and the camera stand on the wall themselves. */
export const OtherWay = ({ ways = [], wall }: { readonly ways?: readonly Way[] | undefined; readonly wall: Wall }) =>
  ways.includes("pin") || ways.includes("qr") ? (
    <Button label={wall.words.otherWay} onTouch={() => wall.touch({ touch: "ways" })} />
  ) : null;

export const Button = ({ label, onTouch }: { readonly label: string; readonly onTouch: () => void }) => (
  <button type="button" class="way" onClick={onTouch}>
    {label}
  </button>
);

/** Where a view goes by itself: nobody is made to read fast. */
export const MoreTime = ({ wall: { words, touch } }: { readonly wall: Wall }) => (
  <FootButton label={words.moreTime} onTouch={() => touch({ touch: "more-time" })} />
);

/** Every other language in its own name: one touch for whoever cannot read this one. */
export const Languages = ({ wall: { words, speakIn } }: { readonly wall: Wall }) => (
  <nav class="languages" aria-label={words.languages}>
    <Globe />
    {Object.values(languages)
      .filter(({ lang }) => lang !== words.lang)
      .map(({ lang, name, dir }) => (
        <button key={lang} type="button" class="language" lang={lang} dir={dir} onClick={() => speakIn(lang)}>
          {name}
        </button>
      ))}
  </nav>
);

interface FootButtonProps {
  readonly label: string;
  /** Said under it, where the touch leads to more about it. */
  readonly note?: string;
  /** Small, and found at once by whoever needs it. */
  readonly isGrave?: boolean;
  readonly onTouch: () => void;
}

/** A quiet touch in the foot. */
export const FootButton = ({ label, note, isGrave = false, onTouch }: FootButtonProps) => (
  <button type="button" class={isGrave ? "foot-button emergency" : "foot-button"} onClick={onTouch}>
    <u>{label}</u>
    {note !== undefined && <span>{note}</span>}
  </button>
);
