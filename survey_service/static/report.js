// Folded parts of a result page: wide screens and paper show them all, a link to a part opens it. The page works without.
"use strict";
(function () {
  var folds = document.querySelectorAll("details.fold");
  var wide = window.matchMedia("(min-width: 641px)").matches;
  function open(all) {
    Array.prototype.forEach.call(folds, function (fold) { if (all || !fold.classList.contains("inner") || fold.classList.contains("beside")) { fold.open = true; } });
  }
  function arrive() {
    var part = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = part && part.closest && part.closest("details");
    if (fold && !fold.open) { fold.open = true; part.scrollIntoView(); }
  }
  if (wide) { open(false); }
  window.addEventListener("beforeprint", function () { open(true); });
  window.addEventListener("hashchange", arrive);
  arrive();
})();
