// Fills the blanks of the letter with what is typed, and prints it. Nothing is sent or stored: the fields have no name.
const fields = document.querySelector("[data-letter]");
if (fields) {
  fields.hidden = false;
  for (const input of fields.querySelectorAll("[data-fill]")) {
    const blanks = document.querySelectorAll(`[data-blank="${input.dataset.fill}"]`);
    if (!blanks.length) {
      input.closest(".filter").remove();
      continue;
    }
    const empty = blanks[0].textContent;
    input.addEventListener("input", () => {
      for (const blank of blanks) {
        blank.textContent = input.value || empty;
        blank.classList.toggle("blank", !input.value);
      }
    });
  }
  fields.querySelector("[data-print]").addEventListener("click", () => window.print());
}
