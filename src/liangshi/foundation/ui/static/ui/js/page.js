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

// Drafts of forms lie in the browser under "draft:…". The server names the key of a form that it has saved in the
// cookie "saved", and that draft goes; a form that ended at the sign-in page keeps its own. Signing out leaves none.
function dropDrafts(wanted) {
  try {
    Object.keys(localStorage)
      .filter((name) => name.startsWith("draft:") && wanted(localStorage.getItem(name)))
      .forEach((name) => localStorage.removeItem(name));
  } catch (closed) {
    // A browser that keeps nothing has nothing to drop.
  }
}
document.addEventListener("submit", (event) => {
  if (event.target.action.endsWith("/sign-out")) dropDrafts(() => true);
});
const saved = document.cookie.match(/(?:^|; )saved=([0-9a-f-]{36})/);
if (saved) {
  dropDrafts((draft) => draft.includes(saved[1]));
  document.cookie = "saved=; max-age=0; path=/";
}
