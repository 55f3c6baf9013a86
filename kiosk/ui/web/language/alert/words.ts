/** What the wall says in an emergency. Short: it is read while walking. */
export interface AlertWords {
  /** On idle, and above the second step. */
  readonly entry: string;
  readonly raise: { readonly say: string; readonly more: string; readonly yes: string; readonly no: string };
  readonly on: {
    readonly say: string;
    readonly since: (time: string) => string;
    readonly people: (count: number) => string;
    readonly visitors: (count: number) => string;
    readonly doubtful: (count: number) => string;
    readonly stage: Readonly<Record<"not-saved" | "saved" | "sent", string>>;
    readonly visitor: string;
    readonly isDoubtful: string;
    readonly nobody: string;
    readonly badge: string;
    readonly end: string;
  };
  readonly end: { readonly say: string; readonly more: string; readonly yes: string; readonly no: string };
}
