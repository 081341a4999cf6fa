// Command palette: a native modal dialog, so that focus is kept inside and Escape closes it.
// The address in data-palette-url gives [{group, title, url, hint, icon, words}]; it is asked again with ?q= while one types.
import { icon } from "./icon.js";

const palette = document.getElementById("palette");
const ICONS = { control: "controls", criterion: "scope", evidence: "evidence", person: "person", audit: "audits", do: "play" };

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("[data-palette-list]");
  const announce = document.getElementById("announce");
  let known = [];
  let timer = 0;
  let asked = 0;

  const matches = (item, words) => {
    const text = `${item.group} ${item.title} ${item.hint ?? ""} ${item.words ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };

  const safe = (url) => {
    const target = new URL(url, location.href);
    return target.origin === location.origin ? target.href : "#";
  };

  const row = (item) => {
    const link = document.createElement("a");
    link.className = "palette__item";
    link.href = safe(item.url);
    const title = document.createElement("span");
    title.className = "cut";
    title.textContent = item.title;
    const hint = document.createElement("span");
    hint.textContent = item.hint ?? "";
    link.append(icon(item.icon ?? ICONS[String(item.group).toLowerCase().replace(/s$/, "")] ?? "right"), title, hint);
    return link;
  };

  const show = (note = "") => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = known.filter((item) => matches(item, words)).slice(0, 60);
    const groups = new Map();
    for (const item of found) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
    list.replaceChildren();
    for (const [name, items] of groups) {
      const heading = document.createElement("p");
      heading.className = "palette__group";
      heading.textContent = name;
      list.append(heading, ...items.map(row));
    }
    if (!found.length) {
      const empty = document.createElement("p");
      empty.className = "palette__empty";
      empty.textContent = note || `Nothing is called “${input.value}”. Try a number such as AC-07, a name, or a criterion.`;
      list.append(empty);
    }
    if (announce && palette.open) announce.textContent = found.length === 1 ? "1 result" : `${found.length} results`;
  };

  const fetchItems = async (query) => {
    const ticket = ++asked;
    const address = new URL(palette.dataset.paletteUrl, location.href);
    if (query) address.searchParams.set("q", query);
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      const items = await response.json();
      if (ticket !== asked) return;
      const seen = new Set(items.map((item) => item.url + item.title));
      known = [...items, ...known.filter((item) => !seen.has(item.url + item.title))].slice(0, 2000);
      show();
    } catch {
      if (ticket === asked) show("The list could not be read. Check the connection, then type again.");
    }
  };

  const open = () => {
    if (palette.open) return;
    palette.showModal();
    input.value = "";
    if (known.length) show();
    else {
      show("Reading the list …");
      fetchItems("");
    }
    input.focus();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
    else if (event.target === palette) palette.close();
  });
  document.addEventListener("plumbline:palette", open);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  input.addEventListener("input", () => {
    show();
    clearTimeout(timer);
    timer = setTimeout(() => fetchItems(input.value.trim()), 140);
  });
  palette.addEventListener("keydown", (event) => {
    const rows = [...list.querySelectorAll(".palette__item")];
    if (event.key === "Escape") {
      // A search field would only empty itself.
      event.preventDefault();
      palette.close();
      return;
    }
    if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      rows[0]?.click();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const order = [input, ...rows];
      order[(order.indexOf(document.activeElement) + step + order.length) % order.length].focus();
    } else if (event.target !== input && (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey) {
      input.focus();
    }
  });
}
