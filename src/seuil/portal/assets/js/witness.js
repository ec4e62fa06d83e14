// Adds up the two small tables of a hidden figure again, and compares each number with what is published: whole numbers
// alone, so whoever reads this file has the whole proof that these numbers give.
function rounded(value, base) {
  return base ? Math.floor((value + Math.floor(base / 2)) / base) * base : value;
}

for (const place of document.querySelectorAll("[data-witnesses]")) {
  const base = Number(place.dataset.rounding);
  const count = { sums: 0, figures: 0 };
  let right = true;
  const add = (cells) => {
    if (cells.length < 2) return;
    const values = cells.map((cell) => Number(cell.dataset.value));
    const total = values.pop();
    count.sums += 1;
    right &&= values.reduce((sum, value) => sum + value, 0) === total;
  };
  for (const table of place.querySelectorAll(".witness-table")) {
    const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
    rows.forEach(add);
    rows[0].forEach((_, column) => add(rows.map((row) => row[column])));
    for (const cell of rows.flat()) {
      const told = cell.dataset.told;
      if (told === "" || told === "NS") continue;
      count.figures += 1;
      const agrees = rounded(Number(cell.dataset.value), base) === Number(told);
      cell.classList.toggle("agrees", agrees);
      right &&= agrees;
    }
  }
  const said = place.querySelector(".checked");
  said.textContent = (right ? said.dataset.right : said.dataset.wrong).replace(/\{(\w+)\}/g, (_, name) => count[name]);
  said.classList.add(right ? "right" : "wrong");
}
