// Side panel: details of the selected row; the list stays. htmx fills #side-panel, this opens, closes and returns focus.
const panel = document.getElementById("side-panel");

if (panel) {
  let opener = null;

  const mark = () => {
    for (const row of document.querySelectorAll("tr.is-open")) row.classList.remove("is-open");
    opener?.closest("tr, li")?.classList.add("is-open");
  };
  const close = () => {
    panel.hidden = true;
    const back = opener;
    opener = null;
    mark();
    if (back?.isConnected) back.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-panel]");
    if (link) opener = link;
    else if (event.target.closest?.("[data-panel-close]")) close();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    panel.hidden = false;
    mark();
    panel.focus({ preventScroll: true });
    panel.scrollTop = 0;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !document.querySelector("dialog[open], details.menu[open]")) close();
  });
}
