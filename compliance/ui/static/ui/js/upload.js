// Files into the evidence library: dropped, pasted or chosen, sent in parts that go on after an interruption (tus 1.0).
// <form data-upload="/…/uploads/" [data-upload-item="id of the item that gets a version"]> with an input type=file and [data-upload-files].
// Without script the form sends its files whole.
const PART = 4 * 1024 * 1024;
const TRIES = 6;
const TUS = "1.0.0";

const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = (ms) => new Promise((go) => setTimeout(go, ms));
const send = (url, method, headers, body) =>
  fetch(url, { method, body, credentials: "same-origin", redirect: "error", headers: { "Tus-Resumable": TUS, "X-CSRFToken": token(), ...headers } });

const fieldsOf = (form) => {
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") given.append(name, value);
  return given.toString();
};
// What was begun is remembered by what the file is, so that the same file goes on after the page was left.
const memory = {
  key: (form, file) => `upload ${form.dataset.upload} ${form.dataset.uploadItem || ""} ${file.name} ${file.size} ${file.lastModified} ${fieldsOf(form)}`,
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* private window */ } },
};

const line = (list, file) => {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  const said = document.createElement("span");
  said.className = "label";
  const bar = document.createElement("progress");
  bar.max = file.size || 1;
  bar.setAttribute("aria-label", `Sent of ${file.name}`);
  item.append(name, said, bar);
  list.append(item);
  return {
    at: (offset) => { bar.value = offset; said.textContent = `${Math.floor((100 * offset) / (file.size || 1))} %`; },
    done: (url) => {
      bar.remove();
      const link = document.createElement("a");
      link.href = url;
      link.textContent = "In the library";
      said.replaceWith(link);
    },
    refused: (text, known, form) => {
      bar.remove();
      item.classList.add("is-refused");
      said.textContent = "";
      const why = document.createElement("span");
      why.setAttribute("role", "alert");
      why.textContent = text;
      item.append(why);
      if (!known) return;
      const open = document.createElement("a");
      open.href = known.url;
      open.textContent = `Open “${known.title}”`;
      const given = new URLSearchParams(fieldsOf(form));
      const place = given.get("control") || (given.get("task") && "this task") || (given.get("occurrence") && "this occurrence");
      item.append(open);
      if (!place) return;
      const link = document.createElement("button");
      link.type = "button";
      link.className = "button button--small";
      link.textContent = `Link it to ${place}`;
      link.addEventListener("click", async () => {
        const body = new URLSearchParams(fieldsOf(form));
        const answer = await fetch(known.link, { method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": token() } });
        link.replaceWith(document.createTextNode(answer.ok ? `Linked to ${place}` : "It could not be linked; open it and link it there."));
        if (answer.ok) changed();
      });
      item.append(link);
    },
  };
};

const changed = () => document.body.dispatchEvent(new CustomEvent("evidence-changed"));

const checksum = async (part) => {
  if (!globalThis.crypto?.subtle) return {}; // only where the connection is secure
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
  return { "Upload-Checksum": `sha256 ${btoa(String.fromCharCode(...digest))}` };
};

const created = async (form, file) => {
  const metadata = { filename: file.name, fields: fieldsOf(form) };
  if (form.dataset.uploadItem) metadata.item = form.dataset.uploadItem;
  const written = Object.entries(metadata).map(([name, value]) => `${name} ${base64(value)}`).join(",");
  return send(form.dataset.upload, "POST", { "Upload-Length": String(file.size), "Upload-Metadata": written });
};

const upload = async (form, file, shown) => {
  const key = memory.key(form, file);
  let url = memory.get(key);
  let offset = 0;
  if (url) {
    const there = await send(url, "HEAD", {});
    if (there.ok) offset = Number(there.headers.get("Upload-Offset"));
    else url = null;
  }
  if (!url) {
    const answer = await created(form, file);
    if (!answer.ok) return shown.refused((await answer.text()) || "It was not taken.");
    url = answer.headers.get("Location");
    memory.set(key, url);
  }
  for (let tries = 0; ;) {
    shown.at(offset);
    const part = file.slice(offset, offset + PART);
    let answer = null;
    try {
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset), ...(await checksum(part)) };
      answer = await send(url, "PATCH", headers, part);
    } catch { /* the line was cut */ }
    const json = answer?.status === 409 && answer.headers.get("Content-Type")?.includes("json");
    if (answer?.ok) {
      tries = 0;
      offset = Number(answer.headers.get("Upload-Offset"));
      if (offset < file.size) continue;
      memory.set(key, null);
      shown.done(answer.headers.get("Plumbline-Item"));
      return changed();
    }
    if (json || (answer && ![409, 460, 502, 503, 504].includes(answer.status))) {
      memory.set(key, null);
      const known = json ? await answer.json() : null;
      return shown.refused(known ? known.detail : (await answer.text()).slice(0, 500) || "It was not taken.", known, form);
    }
    tries += 1;
    if (tries > TRIES) return shown.refused("The connection is lost. Choose the same file again and it goes on from here.");
    await wait(400 * 2 ** tries);
    try {
      const there = await send(url, "HEAD", {});
      if (there.ok) offset = Number(there.headers.get("Upload-Offset"));
    } catch { /* once more */ }
  }
};

const take = async (form, files) => {
  const list = form.querySelector("[data-upload-files]");
  const some = [...files].map((file) => [file, line(list, file)]);
  for (const [file, shown] of some) {
    try {
      await upload(form, file, shown);
    } catch {
      shown.refused("It could not be sent. Look at your connection and choose it again.");
    }
  }
  const input = form.querySelector("input[type=file]");
  if (input) input.value = "";
};

const formOf = (target) => target.closest?.("form[data-upload]");

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  const files = form?.querySelector("input[type=file]")?.files;
  if (!files?.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  take(form, files);
}, true);
document.addEventListener("dragover", (event) => {
  const form = formOf(event.target);
  if (!form || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.querySelector(".drop__zone")?.classList.add("is-over");
});
document.addEventListener("dragleave", (event) => formOf(event.target)?.querySelector(".drop__zone")?.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  const form = formOf(event.target);
  if (!form || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  form.querySelector(".drop__zone")?.classList.remove("is-over");
  take(form, event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const form = document.querySelector("form[data-upload]");
  const files = [...(event.clipboardData?.files || [])];
  if (!form || !files.length) return;
  event.preventDefault();
  const at = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
  take(form, files.map((file, place) => new File([file], file.name === "image.png" ? `Screenshot ${at}${place ? ` ${place + 1}` : ""}.png` : file.name, { type: file.type })));
});
