import type { Drawn } from "./drawn.ts";

export const alert: Drawn<"alert"> = {
  draw: ({ page }) => <p>{page.is}</p>,
  sentence: ({ page }) => page.is,
};
