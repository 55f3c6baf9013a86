/** Text may be wished larger, 1 to 2, in the page's address (`?text=1.5`): a site sets it where it opens the browser. */
export function heedTextWish(search: string): void {
  const wish = Number(new URLSearchParams(search).get("text") ?? 1);
  const scale = Number.isFinite(wish) ? Math.min(2, Math.max(1, wish)) : 1;
  document.documentElement.style.setProperty("--text", String(scale));
}
