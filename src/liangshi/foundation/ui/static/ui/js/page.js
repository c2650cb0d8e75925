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

// Drafts of forms lie in the browser under "draft:…". One that was sent and has led to another page is saved: it goes.
// Signing out leaves none behind.
function dropDrafts(wanted) {
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith("draft:") && wanted(key))
      .forEach((key) => localStorage.removeItem(key));
  } catch (closed) {
    // A browser that keeps nothing has nothing to drop.
  }
}
document.addEventListener("submit", (event) => {
  if (event.target.action.endsWith("/sign-out")) dropDrafts(() => true);
});
document.addEventListener("DOMContentLoaded", () => {
  if (document.querySelector("form[data-draft]")) return;
  dropDrafts((key) => sessionStorage.getItem(key) === "sent");
  sessionStorage.clear();
});
