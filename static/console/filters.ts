// A filter is sent as soon as it is chosen. The URL carries only what was chosen, so that a view can be sent to a colleague.

function sendFiltersAtOnce(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-filters]")) {
    form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) form.requestSubmit();
    });
    form.addEventListener("submit", () => leaveOutTheEmpty(form));
  }
}

function leaveOutTheEmpty(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name], select[name]")) {
    if (field.value === "") field.disabled = true;
  }
  addEventListener("pageshow", () => form.querySelectorAll<HTMLInputElement>(":disabled").forEach((field) => (field.disabled = false)));
}

sendFiltersAtOnce();

export {}; // a module, so that its names are its own
