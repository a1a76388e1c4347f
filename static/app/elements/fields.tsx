// Parts of a form. A whole row is the target; what can be ticked is never typed.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "./icon.tsx";

export function Tick({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ComponentChildren }) {
  return (
    <label class="tick">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

/** Several of a list. `columns` puts short words side by side. */
export function Ticks<Code extends string>({ legend, options, chosen, onChange, columns }: {
  legend: string; options: readonly (readonly [Code, string])[]; chosen: readonly Code[]; onChange: (chosen: Code[]) => void; columns?: boolean;
}) {
  const turn = (code: Code, on: boolean) => onChange(on ? [...chosen, code] : chosen.filter((other) => other !== code));
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class={columns ? "ticks columns" : "ticks"}>
        {options.map(([code, word]) => <Tick key={code} checked={chosen.includes(code)} onChange={(on) => turn(code, on)}>{word}</Tick>)}
      </div>
    </fieldset>
  );
}

/** One of a list. `chosen` null means that nobody has answered yet, and nothing is answered for them. */
export function Choice<Code extends string>({ legend, options, chosen, onChange, columns, asked }: {
  legend: string; options: readonly (readonly [Code, string])[]; chosen: Code | null; onChange: (code: Code) => void; columns?: boolean;
  asked?: boolean;
}) {
  const name = useId();
  return (
    <fieldset class={asked ? "asked" : undefined}>
      <legend>{legend}</legend>
      <div class={columns ? "ticks columns" : "ticks"}>
        {options.map(([code, word]) => (
          <label class="tick" key={code}>
            <input type="radio" name={name} checked={chosen === code} onChange={() => onChange(code)} />
            <span>{word}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface TextProps {
  label: string; value: string; onChange: (value: string) => void; type?: "text" | "tel" | "password"; lines?: number; autocomplete?: string;
  mode?: "numeric" | "decimal"; hint?: string;
}

// Written out because the types of Preact know one set of attributes for each type of input.
const KINDS = { text: { type: "text" }, tel: { type: "tel" }, password: { type: "password" } } as const;

export function Text({ label, value, onChange, type = "text", lines, autocomplete = "off", mode, hint }: TextProps) {
  const id = useId();
  const shared = {
    id, value, autocomplete, maxLength: type === "tel" ? 20 : lines ? 500 : 200, onInput: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
    "aria-describedby": hint ? `${id}-hint` : undefined,
  };
  return (
    <p class="field">
      <label for={id}>{label}</label>
      {lines ? <textarea {...shared} rows={lines} /> : <input {...shared} {...KINDS[type]} inputMode={mode} />}
      {hint && <span class="hint" id={`${id}-hint`}>{hint}</span>}
    </p>
  );
}

/** A small whole number with a button on each side; the number may be typed as well. */
export function Stepper({ label, value, onChange, by = 1, least = 0 }: {
  label: string; value: number | null; onChange: (value: number | null) => void; by?: number; least?: number;
}) {
  const id = useId();
  const move = (step: number) => onChange(Math.max(least, (value ?? 0) + step));
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="stepper">
        <button type="button" class="button" aria-label={`${label} −${by}`} onClick={() => move(-by)}><Icon name="minus" /></button>
        <input id={id} inputMode="numeric" value={value ?? ""} onInput={(event) => onChange(wholeNumber(event.currentTarget.value))} />
        <button type="button" class="button" aria-label={`${label} +${by}`} onClick={() => move(by)}><Icon name="plus" /></button>
      </div>
    </div>
  );
}

/** 12 from "12", null from anything else. */
export const wholeNumber = (typed: string): number | null => (/^\d+$/.test(typed.trim()) ? Number(typed) : null);

/** 36.8 from "36.8" or "36,8", null from anything else. */
export function decimalNumber(typed: string): number | null {
  const plain = typed.trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** Whether what was typed is nothing, or a number between these: any other would make the whole record unreadable at the office. */
export function isNumberIn(typed: string, least: number, most: number): boolean {
  const value = decimalNumber(typed);
  return !typed.trim() || (value !== null && least <= value && value <= most);
}
/** Likewise of a person's temperature, in degrees Celsius. */
export const isTemperature = (typed: string): boolean => isNumberIn(typed, 25, 46);

/** What was typed, or null where nothing was: the agreement knows no empty texts. */
export const typedOrNull = (typed: string): string | null => typed.trim() || null;

/** The words of a catalogue as options of a form. */
export const optionsOf = <Code extends string>(codes: Readonly<Record<Code, string>>): [Code, string][] =>
  Object.entries(codes) as [Code, string][];
