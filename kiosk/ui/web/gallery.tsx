import "./style/all.css";
import "./style/chinese.css";
import "./style/gallery.css";
import { render } from "preact";
import { Drawer } from "./demo.tsx";
import { wordsFor } from "./language/catalogue.ts";
import type { Words } from "./language/words.ts";
import { heedTextWish } from "./larger.ts";
import { Notice } from "./notice.tsx";
import { Outage } from "./outage.tsx";
import type { Sample } from "./sample.ts";
import { sampleDemo, sampleNowMs, samplePlace, sampleStrip, samples } from "./samples.ts";
import { Screen } from "./screen.tsx";
import { tellFor } from "./tell.ts";

/**
 * Every view at a glance, on three glasses: `/gallery`. One alone, as large as the window: `/gallery?view=thanks`, with
 * `&text=2` for text at 200 %, `&lang=ar` for another language and `&dir=rtl` for a mirrored wall. The same wishes
 * behind a `#` are heeded without loading the page again.
 */

const nothing = (): void => undefined;

const Wall = ({ sample, words }: { readonly sample: Sample; readonly words: Words }) => (
  <>
    <Screen
      view={sample.view}
      wall={{
        strip: { ...sampleStrip, ...sample.strip },
        ...{ place: samplePlace, words, tell: tellFor(samplePlace, words), nowMs: sampleNowMs },
        isDark: sample.isDark === true,
        previewUrl: "/nobody.svg",
        ...{ touch: nothing, speakIn: nothing, openNotice: nothing, openOutage: nothing },
      }}
    />
    {sample.over === "drawer" && <Drawer state={sampleDemo} open={true} onOpen={nothing} onAct={nothing} />}
  </>
);

/** All stages on one page: only to look at, so nothing in them can be touched or is read aloud. */
const Sheet = ({ words }: { readonly words: Words }) => (
  <main class="gallery" lang="en" dir="ltr">
    <h1>Every view of the wall</h1>
    {samples
      .filter(({ over }) => over === undefined || over === "drawer")
      .map((sample) => (
        <figure key={sample.id}>
          <figcaption>
            <a href={`/gallery?view=${sample.id}&lang=${words.lang}`}>{sample.title}</a>
          </figcaption>
          {["portrait", "landscape", "small"].map((format) => (
            <div key={format} class={`frame ${format}`} inert aria-hidden="true">
              <div class="stage" lang={words.lang} dir={words.dir}>
                <Wall sample={sample} words={words} />
              </div>
            </div>
          ))}
        </figure>
      ))}
    <p>
      <a href="/gallery?view=notice">What this clock keeps</a> <a href="/gallery?view=outage">Why nothing arrives</a>
    </p>
  </main>
);

const One = ({ sample, words }: { readonly sample: Sample; readonly words: Words }) => (
  <>
    <Wall sample={sample} words={words} />
    {sample.over === "notice" && <Notice words={words} notice={samplePlace.notice} onClose={nothing} />}
    {sample.over === "outage" && sample.strip?.outage && (
      <Outage
        outage={sample.strip.outage}
        waiting={sample.strip.waiting ?? 0}
        words={words}
        tell={tellFor(samplePlace, words)}
        onClose={nothing}
      />
    )}
  </>
);

function draw(): void {
  const wishes = location.hash === "" ? location.search : location.hash.replace("#", "?");
  const wish = new URLSearchParams(wishes);
  const words = wordsFor(wish.get("lang") ?? samplePlace.locale);
  const sample = samples.find(({ id }) => id === wish.get("view"));
  document.documentElement.lang = words.lang;
  document.documentElement.dir = wish.get("dir") === "rtl" ? "rtl" : words.dir;
  heedTextWish(wishes);
  const page = document.getElementById("page");
  if (page === null) return;
  page.dataset.view = sample?.id ?? "all";
  page.className = sample === undefined ? "gallery-page" : "stage";
  render(sample === undefined ? <Sheet words={words} /> : <One key={wishes} sample={sample} words={words} />, page);
}

addEventListener("hashchange", draw);
draw();
