/** The kinds a person can choose on the wall in this release. */
export type ChosenKind = "in" | "out" | "break-start" | "break-end";
