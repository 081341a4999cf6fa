// Keys of lists: j and k move, x selects, / searches, ? explains. Never while one types or a dialog is open.
const help = document.getElementById("help");
const typing = (target) => target.matches?.("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");

const rows = () =>
  [...document.querySelectorAll("[data-list]")]
    .flatMap((list) => [...list.querySelectorAll("[data-row], tbody th a")])
    .filter((link) => link.offsetParent);

const move = (step) => {
  const all = rows();
  const inRow = document.activeElement?.closest("tr");
  let at = all.indexOf(document.activeElement);
  if (at < 0 && inRow) at = all.findIndex((link) => inRow.contains(link));
  all[Math.max(0, Math.min(at < 0 ? 0 : at + step, all.length - 1))]?.focus();
};

const pick = () => document.activeElement?.closest("tr, li")?.querySelector("[data-pick]")?.click();

const search = () => {
  const field = [...document.querySelectorAll("[data-search]")].find((input) => input.offsetParent);
  if (field) {
    field.focus();
    field.select?.();
  } else document.dispatchEvent(new Event("plumbline:palette"));
};

const acts = { j: () => move(1), k: () => move(-1), x: pick, "/": search, "?": () => help?.showModal() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) help?.showModal();
  else if (event.target === help) help.close();
});
