// Completes the search box as a combobox (ARIA Authoring Practices, "list autocomplete with manual selection").
const WAIT = 120; // milliseconds after the last key
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `${box.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.label);
  list.hidden = true;
  box.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) box.setAttribute(name, value);
  let timer = 0;
  let asked = 0;
  let chosen = -1;

  function show(texts) {
    chosen = -1;
    box.removeAttribute("aria-activedescendant");
    list.replaceChildren(
      ...texts.map((text, k) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${k}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = text;
        item.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
        item.addEventListener("click", () => take(k));
        return item;
      }),
    );
    list.hidden = texts.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
  }
  function mark(k) {
    const items = list.children;
    if (items.length === 0) return;
    if (chosen >= 0) items[chosen].setAttribute("aria-selected", "false");
    chosen = (k + items.length) % items.length;
    items[chosen].setAttribute("aria-selected", "true");
    items[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", items[chosen].id);
  }
  function take(k) {
    box.value = list.children[k].textContent;
    show([]);
    box.form.requestSubmit();
  }
  async function ask() {
    const mine = ++asked;
    if (box.value.trim().length < 2) return show([]);
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(box.value)}`);
      const texts = answer.ok ? await answer.json() : [];
      if (mine === asked && document.activeElement === box) show(texts);
    } catch {
      show([]); // the box works without
    }
  }
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("blur", () => show([]));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      mark(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show([]);
    }
  });
}
