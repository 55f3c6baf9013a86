import type { BulletinView } from "../../core/view.ts";

/** Words of the office, as plain as they came: each runs in the direction of its own letters, whatever the wall's is. */
export const Bulletins = ({ bulletins }: { readonly bulletins: readonly BulletinView[] }) =>
  bulletins.length === 0 ? null : (
    <ul class="bulletins">
      {bulletins.map(({ id, text }) => (
        <li key={id} dir="auto">
          {text}
        </li>
      ))}
    </ul>
  );
