// Loaded in the head before the first paint, so that what needs JavaScript is laid out right at once.
document.documentElement.classList.add("js");

// A closed drawer is what people expect after tapping elsewhere or pressing Escape.
function closeMenus(except) {
  document.querySelectorAll(".hat[open], .nav-more details[open]").forEach((menu) => {
    if (!menu.contains(except)) menu.removeAttribute("open");
  });
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});
