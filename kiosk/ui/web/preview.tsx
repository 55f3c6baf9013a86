import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * The camera's picture, mirrored (`scaleX(-1)` in parts.css), as people know themselves: what is on a person's own left
 * is on the left of the glass. The camera's frame itself is not mirrored, so there it is on the right; whatever the
 * worker calls left and right is the person's own, never the frame's. Arrows and drawn heads therefore go by the
 * physical left and right of the glass, also where the words run from right to left.
 *
 * The stream is closed with the view: an image that is only removed keeps its connection. It is closed while the image
 * still stands in the page, which a plain effect is too late for: of an image that loses its source only after it was
 * removed, Chromium keeps the whole view for good.
 */
export function Preview({ url }: { readonly url: string }) {
  const image = useRef<HTMLImageElement>(null);
  useLayoutEffect(() => {
    const shown = image.current;
    return () => shown?.removeAttribute("src");
  }, []);
  return <img ref={image} class="preview" src={url} alt="" />;
}
