// After a refusal the reader, and the screen reader, begin at its sentence.

function showRefusalFirst(): void {
  document.getElementById("refusal")?.focus();
}

showRefusalFirst();

export {}; // a module, so that its names are its own
