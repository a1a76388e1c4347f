import { useEffect, useRef, useState } from "preact/hooks";
import { usePhone } from "./shown.tsx";

/**
 * What is being filled in, kept on the phone as it is typed: going back, a call or a killed app lose nothing. `drop` once it is
 * saved. While the draft is being read `ready` is false; it takes a few milliseconds.
 */
export function useDraft<Form extends object>(key: string, fresh: () => Form): {
  form: Form; change: (part: Partial<Form>) => void; drop: () => void; ready: boolean;
} {
  const { drafts } = usePhone().phone;
  const [form, setForm] = useState(fresh);
  const [ready, setReady] = useState(false);
  const latest = useRef(form);
  useEffect(() => {
    let open = true;
    drafts.take(key).then((kept) => open && show({ ...fresh(), ...(kept as Partial<Form> | undefined) }), () => open && show(fresh()));
    return () => { open = false; };
  }, [key]);
  const show = (shown: Form) => { latest.current = shown; setForm(shown); setReady(true); };
  const change = (part: Partial<Form>) => {
    show({ ...latest.current, ...part });
    void drafts.keep(key, latest.current);
  };
  return { form, change, drop: () => void drafts.drop(key), ready };
}
