import "./style/all.css";
import "./style/gallery.css";
import { render } from "preact";
import { wordsFor } from "./catalogue.ts";
import { Drawer } from "./demo.tsx";
import { heedTextWish } from "./larger.ts";
import { Notice } from "./notice.tsx";
import { Outage } from "./outage.tsx";
import { type Sample, sampleDemo, sampleNowMs, samplePlace, sampleStrip, samples } from "./samples.ts";
import { Screen } from "./screen.tsx";
import { tellFor } from "./tell.ts";

/**
 * Every view at a glance, in both formats: `/gallery`. One alone, as large as the window: `/gallery?view=thanks`, with
 * `&text=2` for text at 200 % and `&dir=rtl` for a mirrored wall.
 */

const wish = new URLSearchParams(location.search);
const nothing = (): void => undefined;

const Wall = ({ sample }: { readonly sample: Sample }) => {
  const words = wordsFor(samplePlace.locale);
  return (
    <>
      <Screen
        view={sample.view}
        wall={{
          strip: { ...sampleStrip, ...sample.strip },
          place: samplePlace,
          words,
          tell: tellFor(samplePlace),
          nowMs: sampleNowMs,
          previewUrl: "/nobody.svg",
          touch: nothing,
          openNotice: nothing,
          openOutage: nothing,
        }}
      />
      {sample.over === "drawer" && <Drawer state={sampleDemo} open={true} onOpen={nothing} onAct={nothing} />}
    </>
  );
};

/** All stages on one page: only to look at, so nothing in them can be touched or is read aloud. */
const Sheet = () => (
  <main class="gallery">
    <h1>Every view of the wall</h1>
    {samples
      .filter(({ over }) => over === undefined || over === "drawer")
      .map((sample) => (
        <figure key={sample.id}>
          <figcaption>
            <a href={`/gallery?view=${sample.id}`}>{sample.title}</a>
          </figcaption>
          {["portrait", "landscape"].map((format) => (
            <div key={format} class={`frame ${format}`} inert aria-hidden="true">
              <div class="stage">
                <Wall sample={sample} />
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

const One = ({ sample }: { readonly sample: Sample }) => (
  <>
    <Wall sample={sample} />
    {sample.over === "notice" && <Notice words={wordsFor(samplePlace.locale)} onClose={nothing} />}
    {sample.over === "outage" && sample.strip?.outage && (
      <Outage
        outage={sample.strip.outage}
        waiting={sample.strip.waiting ?? 0}
        words={wordsFor(samplePlace.locale)}
        tell={tellFor(samplePlace)}
        onClose={nothing}
      />
    )}
  </>
);

const page = document.getElementById("page");
const sample = samples.find(({ id }) => id === wish.get("view"));
document.documentElement.dir = wish.get("dir") === "rtl" ? "rtl" : "ltr";
heedTextWish(location.search);
if (page !== null) {
  page.className = sample === undefined ? "gallery-page" : "stage";
  render(sample === undefined ? <Sheet /> : <One sample={sample} />, page);
}
