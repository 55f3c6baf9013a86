import type { Drawn } from "./drawn.ts";

export const guests: Drawn<"guests"> = {
  draw: ({ page }) => <p>{page.is}</p>,
  sentence: ({ page }) => page.is,
};
