import { useRef, useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Text } from "../elements/fields.tsx";
import { words } from "../messages/words.ts";
import { SignInRefused } from "../sync/phone.ts";
import { useLanguage } from "./language.tsx";
import { faultWords } from "./saving.tsx";
import { ShareCopy } from "./share-copy.tsx";
import { usePhone } from "./shown.tsx";

/** Sign in once, with a network; after that a whole day works without one. */
export function SignInScreen() {
  const { phone, state } = usePhone();
  const [username, setUsername] = useState(phone.user?.username ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const signIn = async () => {
    if (!username.trim() || !password) return setFault(words.signIn.needBoth);
    setBusy(true);
    setFault(null);
    const asked = location.hash;
    try {
      await phone.signIn(username.trim(), password);
      if (location.hash === asked) location.replace("#/"); // the day is drawn already, and somebody may have gone on
    } catch (error) {
      setFault(whyNot(error));
    } finally {
      setBusy(false);
    }
  };
  const language = useLanguage();
  const other = language.chosen === "en" ? "zh" : "en"; // each is offered in itself
  const waiting = state.unsent + state.othersUnsent;
  const waited = useRef(false);
  waited.current ||= waiting + state.unsentPictures > 0;
  return (
    <>
      <header class="top">
        <h1 tabIndex={-1}>{words.product}<small>{words.install.title}</small></h1>
        <button type="button" class="button" lang={other} onClick={() => language.choose(other)}>{other === "en" ? "English" : "中文"}</button>
      </header>
      <main class="list">
        {language.missing}
        <form class="form" id="sign-in" onSubmit={(event) => { event.preventDefault(); void signIn(); }}>
          <h2>{words.signIn.title}</h2>
          <Text label={words.signIn.username} value={username} onChange={setUsername} autocomplete="username" />
          <Text label={words.signIn.password} type="password" value={password} onChange={setPassword} autocomplete="current-password" />
        </form>
        {waiting > 0 && <Banner look="watch" icon="send">{words.signIn.unsent(waiting)}{state.othersPaused > 0 && <><br />{words.unsent.othersPaused(state.othersPaused)}</>}</Banner>}
        {state.unsentPictures > 0 && <Banner look="plain">{words.unsent.pictures(state.unsentPictures)}</Banner>}
        {waited.current && waiting + state.unsentPictures === 0 && <Banner look="fine">{words.unsent.allSafe}</Banner>}
        {waiting > 0 && <ShareCopy />}
        <p class="form quiet">{words.signIn.once}</p>
      </main>
      <footer class="thumb">
        {fault && <Banner look="stop">{fault}</Banner>}
        <button type="submit" form="sign-in" class="button main" aria-disabled={busy}>{busy ? words.signIn.busy : words.signIn.button}</button>
      </footer>
    </>
  );
}

/** The office's answer, or that there was none; else it is the phone that could not keep who signed in. */
const whyNot = (error: unknown): string =>
  error instanceof SignInRefused ? (REFUSED[error.code]?.() ?? words.signIn.refused(error.code)) : words.signIn.notKept + faultWords(error);

const REFUSED: Record<string, () => string> = {
  no_answer: () => words.signIn.noNetwork,
  "server.busy": () => words.signIn.busyOffice,
  "session.wrong_password": () => words.signIn.wrong,
  "session.too_many_tries": () => words.signIn.tooMany,
  "access.denied": () => words.signIn.notYours,
  "device.revoked": () => words.signIn.revoked,
};
