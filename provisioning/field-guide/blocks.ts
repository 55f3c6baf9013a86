/**
 * What the field guide is made of. It is written once, as data, because parts of it come from the code (every code there
 * is), and because it goes out twice: as Markdown to be read in the repository, and as one page to be printed. In texts,
 * **bold** and `code` are all there is.
 */
export type Block =
  | { readonly is: "text"; readonly text: string }
  /** To be kept from hurting somebody, or losing something. */
  | { readonly is: "care"; readonly text: string }
  | { readonly is: "heading"; readonly text: string }
  /** In this order. */
  | { readonly is: "steps"; readonly items: readonly string[] }
  | { readonly is: "points"; readonly items: readonly string[] }
  /** To be ticked with a pen. */
  | { readonly is: "ticks"; readonly items: readonly string[] }
  /** As typed at the clock. */
  | { readonly is: "typed"; readonly lines: readonly string[] }
  | { readonly is: "table"; readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** A drawing of docs/pictures. */
  | { readonly is: "drawing"; readonly file: string; readonly says: string };

export interface Chapter {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const text = (said: string): Block => ({ is: "text", text: said });
export const care = (said: string): Block => ({ is: "care", text: said });
export const heading = (said: string): Block => ({ is: "heading", text: said });
export const steps = (...items: readonly string[]): Block => ({ is: "steps", items });
export const points = (...items: readonly string[]): Block => ({ is: "points", items });
export const ticks = (...items: readonly string[]): Block => ({ is: "ticks", items });
export const typed = (...lines: readonly string[]): Block => ({ is: "typed", lines });
export const drawing = (file: string, says: string): Block => ({ is: "drawing", file, says });
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  ...{ is: "table", heads, rows },
});
