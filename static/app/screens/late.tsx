import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Nothing } from "../elements/banner.tsx";
import { words } from "../messages/words.ts";

/**
 * A screen that is a part of its own, so that the first one opens sooner. The worker holds every part, so this waits for the phone
 * and not for the network; only a phone that lost the network within its very first seconds can lack one, and is told so.
 */
export function late<Props extends object>(load: () => Promise<(props: Props) => ComponentChild>): (props: Props) => ComponentChild {
  let Loaded: ((props: Props) => ComponentChild) | null = null;
  return function Late(props: Props) {
    const [state, setState] = useState<"waiting" | "here" | "missing">(Loaded ? "here" : "waiting");
    useEffect(() => {
      if (!Loaded) load().then((screen) => { Loaded = screen; setState("here"); }, () => setState("missing"));
    }, []);
    if (Loaded) return <Loaded {...props} />;
    return state === "missing" ? <main class="list"><Nothing title={words.faults.partMissing}>{<a href="#/">{words.goToday}</a>}</Nothing></main> : <main />;
  };
}
