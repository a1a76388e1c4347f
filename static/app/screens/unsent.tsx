import { Banner } from "../elements/banner.tsx";
import { Icon } from "../elements/icon.tsx";
import { Marks } from "../elements/marks.tsx";
import { clock } from "../messages/times.ts";
import { words } from "../messages/words.ts";
import { actWords } from "./act-words.ts";
import { EmergencyCorner, Page } from "./page.tsx";
import { RefusalLine } from "./refusal-line.tsx";
import { ShareCopy } from "./share-copy.tsx";
import { usePhone } from "./shown.tsx";

/** What is not sent yet: first what is safe, then each operation in words with its two marks; what was refused leads. */
export function UnsentScreen() {
  const { view, state, phone, now } = usePhone();
  const waiting = view.notSent;
  const heard = state.lastContactAt === null ? state.asOf : state.lastContactAt + (state.clockOffsetMs ?? 0);
  const onlySignInHelps = state.signedOut && (state.uploadPaused || waiting.length === 0);
  const clockOf = (at: string) => clock(at, now);
  return (
    <Page title={words.unsent.title} under={waiting[0] ? words.unsent.count(waiting.length, clockOf(waiting[0].at)) : words.unsent.zero} back="#/" flush corner={<EmergencyCorner />}
      thumb={(
        <>
          <p class="thumb-line"><span>{heard ? words.unsent.lastTry(clockOf(new Date(heard).toISOString())) : words.unsent.never}</span></p>
          {onlySignInHelps
            ? <a class="button main" href="#/sign-in">{words.signIn.button}</a>
            : <button type="button" class="button main" onClick={() => phone.syncNow()}><Icon name="send" />{state.syncing ? words.unsent.sending : words.unsent.send}</button>}
        </>
      )}>
      {state.switchedOff && <Banner look="stop">{words.unsent.switchedOff}</Banner>}
      {state.signedOut && (
        <Banner look="watch">
          {state.uploadPaused ? words.unsent.signInToSend : words.unsent.signInToReceive}
          {!onlySignInHelps && <><br /><a class="button" href="#/sign-in">{words.signIn.button}</a></>}
        </Banner>
      )}
      {waiting.length > 0 && <Banner look="fine"><b>{words.unsent.safe(waiting.length)}</b>{!state.uploadPaused && !state.switchedOff && <><br />{words.unsent.safeHow}</>}</Banner>}
      {waiting.length + state.unsentPictures === 0 && <Banner look="fine">{words.unsent.allSafe}</Banner>}
      {state.unsentPictures > 0 && <Banner look="plain">{words.unsent.pictures(state.unsentPictures)}</Banner>}
      {state.updateNeeded && <Banner look="watch">{words.unsent.updateNeeded}</Banner>}
      {state.trouble && <Banner look="watch">{words.unsent.trouble}</Banner>}
      {state.othersUnsent > 0 && <Banner look="plain">{words.unsent.others(state.othersUnsent)}{state.othersPaused > 0 && <><br />{words.unsent.othersPaused(state.othersPaused)}</>}</Banner>}
      {waiting.length + state.othersUnsent > 0 && <ShareCopy />}
      <ol class="rows unsent">
        {view.refusals.map((refusal) => <RefusalLine key={refusal.id} refusal={refusal} />)}
        {waiting.map((act) => <li key={act.id}><p class="row-text">{actWords(act)}</p><Marks mark={act.mark} savedAt={clockOf(act.at)} /></li>)}
      </ol>
    </Page>
  );
}
