// Theme: system, light, dark in turn. The choice is kept on this device; the early script applies it.
const root = document.documentElement;
const KEY = "plumbline.theme";
const WORDS = { system: "as the system", light: "light", dark: "dark" };

const current = () => root.dataset.theme || "system";
const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

// From the system's theme the first step is always the one that changes what is seen.
const next = () => {
  const order = systemIsDark() ? ["system", "light", "dark"] : ["system", "dark", "light"];
  return order[(order.indexOf(current()) + 1) % order.length];
};

const keep = (theme) => {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    root.dataset.themeUnkept = "";
  }
};

const name = () => {
  for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
    toggle.setAttribute("aria-label", `Theme: ${WORDS[current()]}`);
    toggle.title = `Theme: ${WORDS[current()]}`;
  }
};

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const theme = next();
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  keep(theme);
  name();
});
name();
