// A page of the desk may stay open for hours. When somebody comes back to it, its forms get the
// token of the present session, and whoever was signed out meanwhile is told that nothing is lost.
(() => {
  "use strict";
  const { address } = document.currentScript.dataset;
  const PAUSE = 30_000;
  let asked = Date.now();

  const look = async () => {
    if (document.hidden || Date.now() - asked < PAUSE) return;
    asked = Date.now();
    const answer = await fetch(address).catch(() => null); // without a network there is no news
    if (!answer?.ok) return;
    const { signed_in: isSignedIn, token } = await answer.json();
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      field.value = token;
    }
    document.getElementById("signed-out").hidden = isSignedIn;
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
})();
