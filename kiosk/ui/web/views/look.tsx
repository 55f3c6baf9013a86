import { useEffect, useRef } from "preact/hooks";
import type { ViewOf } from "../kinds.ts";
import { Ring } from "../shapes.tsx";
import { BadgeWay, Sheet, type Wall } from "../sheet.tsx";
import type { Words } from "../words.ts";

export function Look({ view, wall }: { readonly view: ViewOf<"look">; readonly wall: Wall }) {
  const { words, strip } = wall;
  return (
    <Sheet
      wall={wall}
      at="look"
      ground="paper"
      figure={
        <div class="ring">
          <Preview url={wall.previewUrl} />
          <Ring progress={view.progress} />
        </div>
      }
      ways={<BadgeWay wall={wall} />}
      foot={<p class="foot-note">{words.look.aside}</p>}
    >
      <h1>{lookSentence(view, words)}</h1>
      {strip.reader === "on" && <p class="quiet">{words.look.orBadge}</p>}
    </Sheet>
  );
}

export function lookSentence({ problem, box, progress }: ViewOf<"look">, { look }: Words): string {
  if (problem !== null) return look.problem[problem];
  return box !== null && progress > 0 ? look.hold : look.say;
}

/** Mirrored, as in a mirror. The stream is closed with the view: an image that is only removed keeps its connection. */
function Preview({ url }: { readonly url: string }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const shown = image.current;
    return () => shown?.removeAttribute("src");
  }, []);
  return <img ref={image} class="preview" src={url} alt="" />;
}
