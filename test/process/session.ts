/** What a page of this clock shows with every post: it comes with the events, so a test reads it where the page does. */
export async function sessionOf(url: string): Promise<string> {
  const stop = new AbortController();
  const { body } = await fetch(new URL("/events", url), { signal: stop.signal });
  if (body === null) throw new Error("the screen sends no events");
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, session] = /event: session\ndata: (\S+)\n\n/.exec(text) ?? [];
    if (session === undefined) continue;
    stop.abort();
    return session;
  }
  throw new Error("the events ended before they named the session");
}
