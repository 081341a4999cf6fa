// data-copy="text" copies the text; data-copy-from="#id" copies what stands there.
import { toast } from "./toasts.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-from]");
  if (!button) return;
  const text = button.dataset.copy || document.querySelector(button.dataset.copyFrom ?? "")?.textContent || "";
  try {
    await navigator.clipboard.writeText(text);
    toast({ text: "Copied" });
  } catch {
    toast({ text: "The browser did not allow copying. Select the text and copy it by hand.", tone: "waived" });
  }
});
