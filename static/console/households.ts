// Choosing people for a transfer: a household is ticked as a whole, the count runs along, and whoever was ticked stays ticked
// while the desk filters for the next compound or turns the page.

function chooseHouseholds(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-choose-people]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    if (box.dataset.wholeHousehold !== undefined) tickHousehold(form, box);
    showCount(form);
  });
  for (const filters of document.querySelectorAll<HTMLFormElement>("form[data-filters]")) {
    filters.addEventListener("submit", () => takeAlong(form, filters));
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".pages a[href]")) {
    link.addEventListener("click", () => (link.href = withChosen(form, link.href)));
  }
  showCount(form);
}

function takeAlong(form: HTMLFormElement, filters: HTMLFormElement): void {
  filters.querySelectorAll("input[name='person']").forEach((old) => old.remove());
  for (const box of chosen(form)) {
    const one = Object.assign(document.createElement("input"), { type: "hidden", name: "person", value: box.value });
    filters.append(one);
  }
}

function withChosen(form: HTMLFormElement, href: string): string {
  const address = new URL(href);
  address.searchParams.delete("person");
  for (const box of chosen(form)) address.searchParams.append("person", box.value);
  return address.href;
}

function tickHousehold(form: HTMLFormElement, box: HTMLInputElement): void {
  for (const other of boxes(form)) {
    if (other.dataset.household === box.dataset.wholeHousehold) other.checked = box.checked;
  }
}

function showCount(form: HTMLFormElement): void {
  const ticked = chosen(form);
  const groups = new Set(ticked.map((box) => box.dataset.group));
  const count = form.querySelector<HTMLElement>("[data-count]");
  if (count) count.textContent = String(ticked.length);
  const mixed = form.querySelector<HTMLElement>("[data-mixed]");
  if (mixed) mixed.hidden = groups.size < 2;
  for (const whole of form.querySelectorAll<HTMLInputElement>("[data-whole-household]")) {
    const members = boxes(form).filter((box) => box.dataset.household === whole.dataset.wholeHousehold);
    const here = members.filter((box) => box.checked).length;
    whole.checked = here === members.length;
    whole.indeterminate = here > 0 && here < members.length;
  }
}

function chosen(form: HTMLFormElement): HTMLInputElement[] {
  return boxes(form).filter((box) => box.checked);
}

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[name='people']")];
}

chooseHouseholds();

export {}; // a module, so that its names are its own
