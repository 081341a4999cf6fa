// Forms: focus goes to what was refused; a form is sent once, its button says that it is busy.
// data-still keeps an example (the style guide's) from drawing the focus.
const refused = (where) =>
  [...where.querySelectorAll("[data-error-summary]"), ...where.querySelectorAll("[aria-invalid='true']")].find((found) => !found.closest("[data-still]"));

refused(document)?.focus();
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target?.isConnected) refused(target)?.focus();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
});
const again = () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }
};
window.addEventListener("pageshow", again);
document.addEventListener("htmx:afterRequest", again);

// A select or box with data-submit sends its form when it changes; without script the form has a button.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form?.requestSubmit();
});
