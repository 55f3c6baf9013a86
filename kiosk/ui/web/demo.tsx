import { useCallback, useEffect, useState } from "preact/hooks";
import type { DemoAct, DemoState } from "../../core/view.ts";
import { post } from "./wire.ts";

/** How often an open drawer asks what plays now. */
const askEveryMs = 1_500;

/** The newcomer's drawer: who walks up, which badge is tapped, whether the cable is in. Only where rooms are pretended. */
export function DemoDrawer() {
  const [open, setOpen] = useState(false);
  const [state, setState] = useState<DemoState | null>(null);

  const ask = useCallback(async () => {
    const answer = await fetch("/demo").catch(() => null);
    setState(answer?.ok ? ((await answer.json()) as DemoState) : null);
  }, []);
  useEffect(() => {
    void ask();
    if (!open) return;
    const timer = setInterval(() => void ask(), askEveryMs);
    return () => clearInterval(timer);
  }, [open, ask]);

  if (state === null) return null;
  const act = async (what: DemoAct): Promise<void> => {
    await post("/demo", what).catch(() => undefined);
    await ask();
  };
  return <Drawer state={state} open={open} onOpen={setOpen} onAct={(what) => void act(what)} />;
}

interface DrawerProps {
  readonly state: DemoState;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onAct: (act: DemoAct) => void;
}

/** The drawer as drawn from its state alone, as the gallery shows it. */
export function Drawer({ state, open, onOpen, onAct }: DrawerProps) {
  return (
    <aside
      class="demo"
      // Of the demo only, and so of our own language only.
      lang="en"
      dir="ltr"
      data-open={open}
      aria-label="Demo"
      onKeyDown={(event) => event.key === "Escape" && onOpen(false)}
    >
      <button type="button" class="demo-tab" aria-expanded={open} onClick={() => onOpen(!open)}>
        {open ? "Close" : "Demo"}
      </button>
      {open && (
        <div class="demo-panel">
          <fieldset>
            <legend>Who walks up</legend>
            <DemoButton label="They come by themselves" pressed={state.auto} onTouch={() => onAct({ act: "auto" })} />
            {state.scenes.map(({ id, label }) => (
              <DemoButton
                key={id}
                label={label}
                pressed={!state.auto && state.scene === id}
                playing={state.scene === id}
                onTouch={() => onAct({ act: "scene", id })}
              />
            ))}
          </fieldset>
          {state.badges.length > 0 && (
            <fieldset>
              <legend>Tap a badge</legend>
              {state.badges.map(({ id, label }) => (
                <DemoButton key={id} label={label} onTouch={() => onAct({ act: "tap", badge: id })} />
              ))}
            </fieldset>
          )}
          <fieldset>
            <legend>The network cable</legend>
            <DemoButton
              label={state.network === "cut" ? "Plug it in again" : "Pull it out"}
              onTouch={() => onAct({ act: "network", state: state.network === "cut" ? "connected" : "cut" })}
            />
          </fieldset>
        </div>
      )}
    </aside>
  );
}

interface DemoButtonProps {
  readonly label: string;
  readonly pressed?: boolean;
  readonly playing?: boolean;
  readonly onTouch: () => void;
}

const DemoButton = ({ label, pressed, playing = false, onTouch }: DemoButtonProps) => (
  <button type="button" class="demo-button" aria-pressed={pressed} data-playing={playing} onClick={onTouch}>
    {label}
  </button>
);
