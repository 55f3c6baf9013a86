/**
 * What a command said that was refused after its signature had been verified. Only for such bytes: nothing is checked here
 * a second time.
 */
export function verifiedCommand(bytes: Uint8Array): { readonly id: string; readonly expMs: number } {
  const payload = tokenIn(Buffer.from(bytes).toString("utf8")).split(".")[1] ?? "";
  const event = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
    readonly id: string;
    readonly data: { readonly exp: string };
  };
  return { id: event.id, expMs: Date.parse(event.data.exp) };
}

/** Structured, bare, or a pair of which both say the same. */
function tokenIn(text: string): string {
  if (!text.startsWith("{")) return text;
  const { data } = JSON.parse(text) as { readonly data: string | { readonly jws: readonly string[] } };
  return typeof data === "string" ? data : (data.jws[0] ?? "");
}
