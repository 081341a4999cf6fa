// Behaviour of all pages. Each module binds itself by data- attributes; pages work without any of them.
import "./theme.js";
import "./menus.js";
import "./toasts.js";
import "./confirm.js";
import "./palette.js";
import "./keys.js";
import "./bulk.js";
import "./panel.js";
import "./forms.js";
import "./copy.js";
import "./upload.js";
