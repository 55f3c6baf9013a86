/** docs/screens.md: what the wall says, what it means, and what to do. Made with the pictures, held to by a test. */

export interface ScreenLine {
  readonly id: string;
  readonly title: string;
  /** As it stands on the wall, and is read aloud. */
  readonly says: string;
  readonly means: string;
}

const head = `# The screens

Every screen of the wall, what it says in English, and what that means in one sentence. The words are taken from the page
itself: \`node provisioning/screenshots.ts\` writes this file, and a test fails where it no longer says what the wall says.
A running clock shows all of them at \`/gallery\`, in any language with \`?lang=\`.

The wall speaks English, Spanish, German, Hindi, Arabic and Simplified Chinese. One touch changes the language for whoever
stands there; after their visit it is the site's again. **No native speaker has reviewed any of the translations yet**: they
were written with care by people and tools who do not speak all of these languages every day. Who finds a better word
changes one line in \`kiosk/ui/web/language/\`; a missing or superfluous sentence does not compile.

Digits are western in every language, as on badges and pay slips, unless the site's locale asks for others
(\`ar-EG-u-nu-arab\`); 12 or 24 hours are the site's in every language.

| Screen | It says | That means |
|---|---|---|
`;

const tail = `
## Who needs it otherwise

- **Larger text**: \`?text=1\` to \`2\` in the address that the browser opens; everything wraps, nothing is cut.
- **No touch**: arrow keys or Tab move, Enter or Space chooses. With one switch, \`ease.scanMs\` offers each target in turn.
- **No sight**: every change is announced to a screen reader; with \`ease.speech\` the page speaks by itself, where the machine
  has a voice of its own for the language. A voice that would need a network is not used.
- **No hurry**: *More time* stands wherever the wall goes on by itself, and works as often as it is touched. Only the look at
  a face keeps its end, which keeps pictures out; it can be begun again, and the badge waits for ever.
- **Seated**: what can be touched on a wall or desk glass is in its lower half.
- **Stillness**: where the system asks for reduced motion nothing moves; nothing ever blinks faster than three times a second.

## Other glasses

![Every view on the wall, in English](pictures/contact-en.png)
![Every view on the wall, in Arabic](pictures/contact-ar.png)
![On a desk, 1280 x 800](pictures/contact-desk.png)
![On a panel of 800 x 480, in Arabic](pictures/contact-small.png)
`;

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ").trim();

export const screensPage = (lines: readonly ScreenLine[]): string =>
  `${head}${lines.map(({ title, says, means }) => `| ${cell(title)} | ${cell(says)} | ${cell(means)} |`).join("\n")}\n${tail}`;
