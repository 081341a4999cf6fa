// Bulk acts: a form with data-bulk, boxes with data-pick, one with data-pick-all, a bar with data-bulk-bar.
// Without script the bar is simply there; with it, it appears once something is selected.
const parts = (form) => ({
  picks: [...form.querySelectorAll("[data-pick]")],
  all: form.querySelector("[data-pick-all]"),
  bar: form.querySelector("[data-bulk-bar]"),
  count: form.querySelector("[data-bulk-count]"),
});
let last = null;

const refresh = (form) => {
  const { picks, all, bar, count } = parts(form);
  const chosen = picks.filter((box) => box.checked);
  for (const box of picks) box.closest("tr, li")?.classList.toggle("is-selected", box.checked);
  if (all) {
    all.checked = picks.length > 0 && chosen.length === picks.length;
    all.indeterminate = chosen.length > 0 && chosen.length < picks.length;
  }
  if (count) count.textContent = `${chosen.length} selected`;
  if (bar) bar.hidden = chosen.length === 0;
};

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-bulk]");
  if (!form) return;
  const { picks } = parts(form);
  if (event.target.matches("[data-pick]")) {
    if (event.shiftKey && last && picks.includes(last)) {
      const [from, to] = [picks.indexOf(last), picks.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of picks.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = event.target;
  } else if (event.target.matches("[data-pick-all]")) {
    for (const box of picks) box.checked = event.target.checked;
  } else if (event.target.closest("[data-bulk-clear]")) {
    for (const box of picks) box.checked = false;
  } else return;
  refresh(form);
});

const refreshAll = () => document.querySelectorAll("[data-bulk]").forEach(refresh);
document.addEventListener("htmx:afterSettle", refreshAll);
window.addEventListener("pageshow", refreshAll);
refreshAll();
