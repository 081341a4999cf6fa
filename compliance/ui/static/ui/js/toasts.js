// Short messages after an act. A response says so with the header HX-Trigger: {"toast": {text, tone, undo_url, undo}}.
import { icon } from "./icon.js";

const region = document.getElementById("toasts");
const STAY = 8000;
const STAY_WITH_UNDO = 20000;

const dismissLater = (toast, after) => {
  let timer = setTimeout(() => toast.remove(), after);
  const hold = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), after);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", go);
};

export const toast = ({ text, tone = "", undo_url: undoUrl = "", undo = "Undo" }) => {
  if (!region || !text) return;
  const box = document.createElement("div");
  box.className = `toast${["failed", "waived"].includes(tone) ? ` toast--${tone}` : ""}`;
  const words = document.createElement("span");
  words.textContent = text;
  box.append(icon(tone ? "error" : "check"), words);
  if (undoUrl) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = undo;
    button.addEventListener("click", () => {
      box.remove();
      window.htmx?.ajax("POST", undoUrl, { source: document.body, target: "body", swap: "none" });
    });
    box.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--small button--icon";
  close.setAttribute("aria-label", "Dismiss");
  close.append(icon("close"));
  close.addEventListener("click", () => box.remove());
  box.append(close);
  region.append(box);
  // A failure stays until it is dismissed: it may carry the id that support needs.
  if (tone !== "failed") dismissLater(box, undoUrl ? STAY_WITH_UNDO : STAY);
};

document.addEventListener("toast", (event) => {
  const detail = event.detail ?? {};
  toast(typeof detail === "string" ? { text: detail } : "value" in detail ? { text: String(detail.value) } : detail);
});

const because = {
  403: "Your role does not allow this. Nothing was changed.",
  404: "This is no longer there. Reload the page to see what is.",
  409: "Somebody else changed this meanwhile. Reload the page, then try again.",
  413: "This file is too large. Nothing was stored.",
  429: "Too many requests at once. Wait a moment, then try again.",
};
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const id = xhr.getResponseHeader("X-Request-ID");
  const text = because[xhr.status] ?? "Something broke on our side. This step was not saved; what you typed is still here.";
  toast({ text: id ? `${text} Error ${id}.` : text, tone: "failed" });
});
document.addEventListener("htmx:sendError", () => toast({ text: "No connection to the server. Nothing was changed; try again.", tone: "failed" }));
document.addEventListener("htmx:timeout", () => toast({ text: "The server took too long. Reload the page to see whether it was done.", tone: "failed" }));

for (const shown of region?.querySelectorAll("[data-toast]") ?? []) {
  shown.querySelector("[data-toast-close]")?.addEventListener("click", () => shown.remove());
  if (!shown.matches(".toast--failed")) dismissLater(shown, STAY);
}
