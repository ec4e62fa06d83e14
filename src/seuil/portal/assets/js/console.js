// The API's console shows the beginning of an answer in the page. Without this script the form leads to the answer.
const MOST = 20000;
const READABLE = /json|csv|xml|text|turtle|rdf|n3|kml|gpx/;
const form = document.querySelector("[data-console]");
const shown = document.querySelector("[data-answer]");

async function beginning(response) {
  if (!READABLE.test(response.headers.get("content-type") || "") || !response.body) {
    await response.body?.cancel();
    return "";
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.length <= MOST) {
    const { done, value } = await reader.read();
    if (done) return pretty(text);
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return `${text.slice(0, MOST)}\n${form.dataset.cut}`;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

form.addEventListener("submit", async (event) => {
  if (event.submitter?.hasAttribute("data-plain")) return;
  event.preventDefault();
  const find = (name) => shown.querySelector(`[data-${name}]`);
  document.querySelector("[data-asked]")?.remove();
  shown.hidden = false;
  try {
    const response = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    find("status").textContent = String(response.status);
    find("address").textContent = find("open").href = response.url;
    find("body").textContent = await beginning(response);
  } catch {
    find("body").textContent = form.dataset.failed;
  }
});
