// Acts that cannot be undone name their consequences first: data-confirm, data-consequence, data-act, data-danger.
const dialog = document.getElementById("confirm");

const ask = (element) =>
  new Promise((resolve) => {
    const { confirm, consequence = "", act = "", danger } = element.dataset;
    const yes = dialog.querySelector("[data-confirm-yes]");
    dialog.querySelector("#confirm-title").textContent = confirm;
    dialog.querySelector("#confirm-text").textContent = consequence;
    yes.textContent = act || element.textContent.trim() || "Go on";
    yes.className = `button ${danger === undefined ? "button--primary" : "button--danger"}`;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });

if (dialog) {
  // In the capturing phase, so that neither htmx nor a form sees the act before it is confirmed.
  document.addEventListener(
    "click",
    async (event) => {
      const element = event.target.closest?.("[data-confirm]:not(form)");
      if (!element || element.disabled) return;
      if (element.dataset.confirmed !== undefined) {
        delete element.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!(await ask(element))) return;
      element.dataset.confirmed = "";
      element.click();
    },
    true,
  );
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (form.dataset.confirm === undefined) return;
      if (form.dataset.confirmed !== undefined) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!(await ask(form))) return;
      form.dataset.confirmed = "";
      form.requestSubmit(event.submitter);
    },
    true,
  );
}
