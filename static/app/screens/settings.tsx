import { useEffect, useRef, useState } from "preact/hooks";
import { Banner } from "../elements/banner.tsx";
import { Choice } from "../elements/fields.tsx";
import { Icon } from "../elements/icon.tsx";
import { laterWords } from "../messages/later.ts";
import { words, type Language } from "../messages/words.ts";
import { clock } from "../messages/times.ts";
import { useLanguage } from "./language.tsx";
import { Page } from "./page.tsx";
import { useSaving } from "./saving.tsx";
import { usePhone } from "./shown.tsx";
import { showTheme, type Theme } from "./theme.ts";
import { useUpdate } from "./update.ts";

/** Language, theme, storage, version, telephone numbers, and signing out with the count of what is not sent. */
export function SettingsScreen() {
  const { phone, view, state, now } = usePhone();
  const takeOver = useUpdate();
  const language = useLanguage();
  const theme = (phone.preference("theme") as Theme | null) ?? "system";
  return (
    <Page title={laterWords().settings.title} under={phone.user?.name ?? ""} tab="settings">
      {takeOver && (
        <section class="sheet-part">
          <Banner look="fine">{laterWords().settings.newVersion}</Banner>
          <button type="button" class="button" onClick={takeOver}>{laterWords().settings.takeOver}</button>
        </section>
      )}
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Choice<Language> legend="语言 Language" columns options={[["zh", "中文"], ["en", "English"]]} chosen={language.chosen} onChange={language.choose} />
        {language.missing}
        <Choice<Theme> legend={laterWords().settings.theme} columns options={Object.entries(laterWords().settings.themes) as [Theme, string][]} chosen={theme}
          onChange={(chosen) => { showTheme(chosen); phone.setPreference("theme", chosen); }} />
      </form>
      <section class="sheet-part">
        <h2>{laterWords().settings.storage}</h2>
        <Storage />
        {state.leaseUntil && <p class="quiet">{laterWords().settings.lease(clock(state.leaseUntil, now))}</p>}
        <p class="quiet">{laterWords().settings.version} {builtAs()}{words.comma}{document.documentElement.dataset.sw === "ready" ? laterWords().settings.offlineReady : laterWords().settings.notOfflineReady}</p>
      </section>
      {view.contacts.length > 0 && (
        <section class="household">
          <h2 class="household-head">{laterWords().settings.contacts}</h2>
          {view.contacts.map((contact) => <a key={contact.id} class="row" href={`tel:${contact.phone}`}><span class="row-text"><b>{contact.name}</b><br /><span class="quiet">{contact.what}</span></span><Icon name="call" />{contact.phone}</a>)}
        </section>
      )}
      <SignOut />
    </Page>
  );
}

/** The name of the built script changes with every version: "main-2BX4K.js" is 2BX4K. */
const builtAs = (): string => document.querySelector<HTMLScriptElement>("script[type=module]")?.src.match(/-(\w+)\.js$/)?.[1] ?? "";

function Storage() {
  const [kept, setKept] = useState<{ persisted: boolean; megabytes: string } | null>(null);
  useEffect(() => {
    void Promise.all([navigator.storage?.persisted?.(), navigator.storage?.estimate?.()]).then(([persisted, estimate]) =>
      setKept({ persisted: persisted ?? false, megabytes: ((estimate?.usage ?? 0) / 1e6).toFixed(1) }));
  }, []);
  if (!kept) return null;
  return (
    <p><span class={kept.persisted ? "is-fine" : "is-watch"}><Icon name={kept.persisted ? "fine" : "watch"} /></span> {kept.persisted ? laterWords().settings.persisted : laterWords().settings.notPersisted}{words.comma}{laterWords().settings.used(kept.megabytes)}</p>
  );
}

/** Signing out says first what has not been sent, and that it stays. */
function SignOut() {
  const { phone, state } = usePhone();
  const [asked, ask] = useState(false);
  const leaving = useSaving(asked ? "asked" : "");
  const question = useRef<HTMLElement>(null);
  const { unsent, unsentPictures } = state;
  useEffect(() => question.current?.scrollIntoView({ block: "nearest" }), [asked, leaving.fault]);
  if (!asked) return <section class="sheet-part"><button type="button" class="button" onClick={() => ask(true)}>{laterWords().settings.signOut}</button></section>;
  return (
    <section ref={question} class="sheet-part">
      {unsent + unsentPictures === 0 ? <Banner look="fine">{laterWords().settings.signOutSafe}</Banner> : (
        <Banner look="watch">
          {unsent > 0 && <>{laterWords().settings.signOutUnsent(unsent)}<br /></>}
          {unsentPictures > 0 && <>{words.unsent.pictures(unsentPictures)}<br /></>}
          {laterWords().settings.signOutOpen}
        </Banner>
      )}
      {leaving.fault && <Banner look="stop">{laterWords().settings.notSignedOut}{leaving.fault}</Banner>}
      <div class="pair">
        <button type="button" class="button" onClick={() => ask(false)}>{laterWords().settings.stay}</button>
        <button type="button" class="button" onClick={() => leaving.save(() => phone.signOut(), () => { location.hash = "#/"; })}>{laterWords().settings.signOutSure}</button>
      </div>
    </section>
  );
}
