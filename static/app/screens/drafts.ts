import { useEffect, useRef, useState } from "preact/hooks";
import { usePhone } from "./shown.tsx";

/**
 * What is being filled in, kept on the phone as it is typed: going back, a call or a killed app lose nothing. `drop` once it is
 * saved. A draft is read within milliseconds; what is typed before that stands.
 */
export function useDraft<Form extends object>(key: string, fresh: () => Form): {
  form: Form; change: (part: Partial<Form>) => void; drop: () => void;
} {
  const { drafts } = usePhone().phone;
  const [form, setForm] = useState(fresh);
  const latest = useRef(form);
  const touched = useRef(false);
  const show = (shown: Form) => { latest.current = shown; setForm(shown); };
  useEffect(() => {
    let open = true;
    const take = (kept: unknown) => { if (open && kept && !touched.current) show({ ...fresh(), ...(kept as Partial<Form>) }); };
    drafts.take(key).then(take, () => undefined);
    return () => { open = false; };
  }, [key]);
  const change = (part: Partial<Form>) => {
    touched.current = true;
    show({ ...latest.current, ...part });
    drafts.keep(key, latest.current).catch(nobodyIsSignedIn);
  };
  return { form, change, drop: () => void drafts.drop(key).catch(nobodyIsSignedIn) };
}

/** In another tab they signed out: the form is about to go, and whoever saves it is told. */
const nobodyIsSignedIn = (): void => undefined;
