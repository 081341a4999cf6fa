// Runs before the first paint: the theme that the reader chose on this device, and the fact that script is there.
(function () {
  var root = document.documentElement;
  root.classList.add("has-script");
  try {
    var chosen = localStorage.getItem("plumbline.theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (error) {
    // Storage is refused (private window, policy): the system's theme is used.
    root.dataset.themeUnkept = "";
  }
})();
