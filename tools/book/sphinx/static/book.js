/* Three small helps that need a browser: what scrolls sideways can be reached with the keyboard and
   shows that it goes on, and a search in a folder opened without a server asks for no excerpts, which it could not get. */
"use strict";
(() => {
  const reach = () => {
    for (const box of document.querySelectorAll("pre, div.math, .table-wrapper, .figure-box")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      ending(box);
    }
  };
  const ending = (box) => box.classList.toggle(
    "goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  document.addEventListener("DOMContentLoaded", reach);
  document.addEventListener("toggle", reach, true);
  document.addEventListener("scroll", (event) => event.target.tabIndex === 0 && ending(event.target), true);
  window.addEventListener("resize", reach);
  document.fonts.ready.then(reach); // letters of another width
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }
})();
