import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { ConsentAct, ConsentPageOf, ViewOf } from "../kinds.ts";
import { Qr } from "../receipt.tsx";
import { Check, Triangle } from "../shapes.tsx";
import { BadgeWay, Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import { Signature } from "../signature.tsx";
import type { Drawn } from "./drawn.ts";

/** Somebody reads what the clock would keep of their face, agrees or does not, and takes it back. */

export const consent: Drawn<"consent"> = {
  draw: (view, wall) => <Consent view={view} wall={wall} />,
  sentence: (view, wall) =>
    `${headOf(view, wall)} ${view.page.is === "why" || view.page.is === "both" ? view.page.lines.join(" ") : ""}`.trim(),
  moment: ({ page }) => `${page.is} ${page.is === "notice" ? page.page : ""}`,
  chime: ({ page }) =>
    page.is === "given" || page.is === "stopped" ? "saved" : page.is === "failed" || page.is === "news" ? "look" : null,
};

type View = ViewOf<"consent">;

const actor =
  ({ touch }: Wall) =>
  (act: ConsentAct) =>
  (): void =>
    touch({ touch: "consent", act });

function headOf({ page }: View, { words: { consent: said }, tell }: Wall): string {
  switch (page.is) {
    case "home":
      return said.home[page.face];
    case "why":
      return said.why;
    case "notice":
      return said.notice;
    case "age":
      return said.age(tell.number(page.years));
    case "guardian":
      return said.guardian.ask(tell.number(page.years));
    case "both":
      return said.guardian.both;
    case "guardian-sign":
      return page.isEmpty ? said.empty : said.guardian.sign;
    case "sign":
      return page.isEmpty ? said.empty : said.sign;
    case "busy":
      return said.busy;
    case "given":
      return said.given;
    case "stop":
      return said.stopSay;
    case "stopped":
      return said.stopped;
    case "declined":
      return said.declined;
    case "young":
      return said.young(tell.number(page.years));
    case "failed":
      return said.failed;
    case "news": {
      if (page.kind === "asks-again") return said.news.asks;
      return said.news[page.kind](tell.longDate(Date.parse(page.fromLocal)));
    }
  }
}

const withBack: ReadonlySet<View["page"]["is"]> = new Set([
  ...(["notice", "age", "guardian", "both", "guardian-sign", "sign"] as const),
]);

function Consent({ view, wall }: { readonly view: View; readonly wall: Wall }) {
  const { page, lang } = view;
  const { words, touch } = wall;
  // What people agree to comes from the clock; it has to come in the language that they read here.
  useEffect(() => {
    if (lang !== "" && lang !== words.lang) touch({ touch: "consent", act: { act: "speak", lang: words.lang } });
  }, [lang, words.lang, touch]);
  const act = actor(wall);
  const { ground = "paper", figure, say, rows, ways } = bodyOf(view, wall);
  const canBack = withBack.has(page.is);
  return (
    <Sheet
      wall={wall}
      at="consent"
      ground={ground}
      withNetwork={false}
      {...(figure !== undefined && { figure })}
      {...(rows !== undefined && { rows })}
      {...(ways !== undefined && { ways })}
      foot={
        <>
          {canBack && <FootButton label={words.visit.back} onTouch={act({ act: "back" })} />}
          {page.is !== "busy" && <FootButton label={words.visit.close} onTouch={act({ act: "close" })} />}
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1 data-page={page.is} aria-busy={page.is === "busy" || undefined}>
        {headOf(view, wall)}
      </h1>
      {say}
    </Sheet>
  );
}

interface Body {
  readonly ground?: "paper" | "yes" | "care";
  readonly figure?: ComponentChildren;
  readonly say?: ComponentChildren;
  readonly rows?: ComponentChildren;
  readonly ways?: ComponentChildren;
}

function bodyOf(view: View, wall: Wall): Body {
  const { page, lang, dir } = view;
  const said = wall.words.consent;
  const act = actor(wall);
  const same = <p class="quiet">{said.same}</p>;
  switch (page.is) {
    case "home":
      return homeBody(page, wall);
    case "why":
      return {
        say: (
          <div class="consent-why" lang={lang} dir={dir}>
            {page.lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
          </div>
        ),
        ways: (
          <>
            <Button label={said.read} onTouch={act({ act: "read" })} />
            <Button label={said.no} onTouch={act({ act: "decline" })} />
          </>
        ),
      };
    case "notice":
      return noticeBody(page, view, wall);
    case "age":
      return {
        say: same,
        ways: (
          <>
            <Button label={said.yes} onTouch={act({ act: "age", isReached: true })} />
            <Button label={said.notYet} onTouch={act({ act: "age", isReached: false })} />
          </>
        ),
      };
    case "guardian":
      return {
        say: same,
        ways: (
          <>
            <Button label={said.guardian.here} onTouch={act({ act: "guardian", isHere: true })} />
            <Button label={said.notYet} onTouch={act({ act: "guardian", isHere: false })} />
          </>
        ),
      };
    case "both":
      return {
        rows: (
          <ul class="consent-items" lang={lang} dir={dir}>
            {page.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ),
        ways: (
          <>
            <Button label={said.read} onTouch={act({ act: "read" })} />
            <Button label={said.no} onTouch={act({ act: "decline" })} />
          </>
        ),
      };
    case "guardian-sign":
    case "sign": {
      const isGuardian = page.is === "guardian-sign";
      return {
        say: (
          <p lang={lang} dir={dir}>
            {page.agree}
          </p>
        ),
        ways: (
          <Signature
            // Each draws on an empty field.
            key={page.is}
            words={isGuardian ? { ...said, done: said.guardian.done } : said}
            canBadgePin={!isGuardian && page.canBadgePin}
            act={(what) => act(what)()}
          />
        ),
      };
    }
    case "busy":
      return {};
    case "given":
      return {
        ground: "yes",
        figure: <Check />,
        say: <p>{said.givenMore}</p>,
        rows: <Proof code={page.receipt} />,
        ...(page.canEnrol && { ways: <Button label={said.enrol} onTouch={act({ act: "enrol" })} /> }),
      };
    case "stop":
      return {
        say: <p>{said.stopMore}</p>,
        ways: (
          <>
            <Button label={said.sure} onTouch={act({ act: "sure" })} />
            <Button label={wall.words.visit.back} onTouch={act({ act: "back" })} />
          </>
        ),
      };
    case "stopped":
      return {
        ground: "yes",
        figure: <Check />,
        say: <p>{page.receipt === null ? said.stoppedLate : said.stoppedMore}</p>,
        ...(page.receipt !== null && { rows: <Proof code={page.receipt} /> }),
        ways: <BadgeWay wall={wall} />,
      };
    case "declined":
      return { say: same, ways: <BadgeWay wall={wall} /> };
    case "young":
      return {
        say: (
          <>
            {page.guardianYears !== null && <p>{said.guardian.young(wall.tell.number(page.guardianYears))}</p>}
            <p>{said.youngMore}</p>
          </>
        ),
        ways: <BadgeWay wall={wall} />,
      };
    case "failed":
      return {
        ground: "care",
        figure: <Triangle />,
        say: (
          <p>
            {said.failedMore} <small class="quiet">{page.code}</small>
          </p>
        ),
        ways: <BadgeWay wall={wall} />,
      };
    case "news":
      return {
        say: same,
        ways: (
          <>
            <Button label={said.read} onTouch={act({ act: "read" })} />
            <Button label={said.later} onTouch={act({ act: "later" })} />
            <Button label={said.stop} onTouch={act({ act: "stop" })} />
          </>
        ),
      };
  }
}

function homeBody({ can, sinceLocal, untilLocal }: ConsentPageOf<"home">, wall: Wall): Body {
  const { words, tell } = wall;
  const said = words.consent;
  const act = actor(wall);
  const day = (local: string): string => tell.longDate(Date.parse(local));
  const canAny = can.read || can.enrol || can.release || can.stop;
  return {
    say: (
      <>
        <p>{said.same}</p>
        {sinceLocal !== null && (
          <p class="quiet">
            {said.since(day(sinceLocal))}
            {untilLocal !== null && ` · ${said.until(day(untilLocal))}`}
          </p>
        )}
      </>
    ),
    ways: canAny ? (
      <>
        {can.read && <Button label={said.read} onTouch={act({ act: "read" })} />}
        {can.enrol && <Button label={said.enrol} onTouch={act({ act: "enrol" })} />}
        {can.release && <Button label={said.release} onTouch={act({ act: "release" })} />}
        {can.stop && <Button label={said.stop} onTouch={act({ act: "stop" })} />}
      </>
    ) : (
      <BadgeWay wall={wall} />
    ),
  };
}

function noticeBody({ items, page, pages }: ConsentPageOf<"notice">, { lang, dir }: View, wall: Wall): Body {
  const { words, tell } = wall;
  const said = words.consent;
  const act = actor(wall);
  const isLast = page + 1 >= pages;
  return {
    say: <p class="quiet">{words.visit.page(tell.number(page + 1), tell.number(pages))}</p>,
    rows: (
      <dl class="consent-items" lang={lang} dir={dir}>
        {items.map(({ head, body }) => (
          <div key={head}>
            <dt>{head}</dt>
            <dd>{body}</dd>
          </div>
        ))}
      </dl>
    ),
    ways: isLast ? (
      <>
        <Button label={said.agree} onTouch={act({ act: "agree" })} />
        <Button label={said.decline} onTouch={act({ act: "decline" })} />
      </>
    ) : (
      <Button label={said.next} onTouch={act({ act: "page", page: page + 1 })} />
    ),
  };
}

/** The code of the record, to photograph and keep. */
const Proof = ({ code }: { readonly code: string }) => (
  <div class="consent-proof">
    <Qr text={code} />
    <bdi class="receipt-code" dir="ltr">
      {code.replaceAll("-", " ")}
    </bdi>
  </div>
);
