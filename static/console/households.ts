// Choosing people for a transfer: ticking one offers the household as a whole, and the count against the seats runs along.

function chooseHouseholds(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-choose-people]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    if (box.dataset.wholeHousehold !== undefined) tickHousehold(form, box);
    showCount(form);
  });
  showCount(form);
}

function tickHousehold(form: HTMLFormElement, box: HTMLInputElement): void {
  for (const other of boxes(form)) {
    if (other.dataset.household === box.dataset.wholeHousehold) other.checked = box.checked;
  }
}

function showCount(form: HTMLFormElement): void {
  const chosen = boxes(form).filter((box) => box.checked);
  const groups = new Set(chosen.map((box) => box.dataset.group));
  const count = form.querySelector<HTMLElement>("[data-count]");
  if (count) count.textContent = String(chosen.length);
  const mixed = form.querySelector<HTMLElement>("[data-mixed]");
  if (mixed) mixed.hidden = groups.size < 2;
  for (const whole of form.querySelectorAll<HTMLInputElement>("[data-whole-household]")) {
    const members = boxes(form).filter((box) => box.dataset.household === whole.dataset.wholeHousehold);
    const ticked = members.filter((box) => box.checked).length;
    whole.checked = ticked === members.length;
    whole.indeterminate = ticked > 0 && ticked < members.length;
  }
}

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[name='people']")];
}

chooseHouseholds();

export {}; // a module, so that its names are its own
