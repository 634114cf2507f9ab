/* Makes staff pages quicker; every form also works without it. Nothing is kept in the browser's storage. ES2017. */
(function () {
  "use strict";

  const HEARTBEAT_SECONDS = 30;
  const TYPING_PAUSE = 800;
  const SECOND_PRESS = 5000;
  const LONGEST_WAIT = 30000;
  const GONE = new Set([403, 404, 409, 410]);
  const SPENT = "这条记录已不在您手上，刚才的改动没有保存。请刷新页面看最新的内容。";
  const SIGNED_OUT = "登录已过期。请在新窗口重新登录，再回到本页，没存上的内容会接着保存。";
  const OFFLINE = "网络断了，最近的改动还没有保存。请不要关闭本页，连上后会自动保存。";
  const states = new Map();
  let composing = false; // half-typed Chinese would be lost if its field were replaced

  document.documentElement.classList.add("scripted");

  const every = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const csrf = () => {
    const meta = document.querySelector("meta[name=csrf-token]");
    return meta ? meta.content : "";
  };
  const isVisible = (element) => element.getClientRects().length > 0;
  const isTextField = (element) =>
    !!element && (element.isContentEditable || element.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=submit]):not([type=button])"));

  function announce(sentence) {
    const banner = document.getElementById("offline");
    if (banner) {
      banner.textContent = sentence;
      banner.hidden = !sentence;
    }
  }

  function onceKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function post(url, body) {
    const headers = { "X-Fragment": "1", "X-CSRF-Token": csrf(), "Idempotency-Key": onceKey() };
    return fetch(url, { method: "POST", body: body, headers: headers, credentials: "same-origin" });
  }

  const wasSignedOut = (response) => response.status === 401 || (response.redirected && new URL(response.url).pathname === "/login");

  /* Forms that save themselves: <form data-autosave data-target="id other-id"> */

  // attributes, because a field called "id" would hide the property
  const nameOf = (form) => form.getAttribute("id") || form.getAttribute("action");

  function stateOf(form) {
    const key = nameOf(form);
    if (!states.has(key)) {
      states.set(key, { key: key, form: form, dirty: false, busy: false, wait: 1000, timer: 0, advance: "", stopped: false });
    }
    const state = states.get(key);
    state.form = form;
    return state;
  }

  function mark(state, words) {
    every("[data-saved]", state.form).forEach((element) => { element.textContent = words; });
  }

  function later(state, milliseconds) {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(state), milliseconds);
  }

  function touched(form, pause) {
    const state = stateOf(form);
    if (state.stopped) return;
    state.dirty = true;
    later(state, pause);
  }

  function save(state) {
    clearTimeout(state.timer);
    if (state.busy || !state.dirty || state.stopped) return;
    state.busy = true;
    state.dirty = false;
    mark(state, "正在保存");
    post(state.form.getAttribute("action"), new URLSearchParams(new FormData(state.form)))
      .then((response) => received(state, response))
      .catch(() => failed(state, OFFLINE));
  }

  function failed(state, sentence) {
    state.busy = false;
    state.dirty = true;
    mark(state, "没有保存");
    announce(sentence);
    state.wait = Math.min(state.wait * 2, LONGEST_WAIT);
    later(state, state.wait);
  }

  function received(state, response) {
    if (wasSignedOut(response)) return failed(state, SIGNED_OUT);
    if (response.status >= 500 || response.status === 429) return failed(state, OFFLINE);
    if (GONE.has(response.status)) return response.text().then((html) => refused(state, html));
    return response.text().then((html) => {
      state.busy = false;
      state.wait = 1000;
      announce("");
      if (state.dirty) return later(state, 0);
      if (!composing) swap(state, html);
      mark(state, "已保存");
    });
  }

  /* An answer that says what became of it keeps being listened to: the server still puts late words aside. */
  function refused(state, html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const sentence = page.getElementById("error-sentence");
    const kept = page.getElementById("kept-apart") !== null;
    state.stopped = !kept;
    state.busy = false;
    mark(state, kept ? "已另存" : "没有保存");
    announce(kept && sentence ? sentence.textContent : SPENT);
  }

  function swap(state, html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const targets = (state.form.dataset.target || state.form.getAttribute("id") || "").split(/\s+/).filter(Boolean);
    const place = remember();
    targets.forEach((id) => {
      const old = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (old && fresh) old.replaceWith(document.importNode(fresh, true));
    });
    const form = every("form[data-autosave]").find((one) => nameOf(one) === state.key);
    if (form) state.form = form;
    if (state.advance) {
      const from = state.advance;
      state.advance = "";
      if (goOn(from)) return;
    }
    restore(place);
  }

  function remember() {
    const field = document.activeElement;
    if (!field || field === document.body) return null;
    const typed = isTextField(field) && "value" in field;
    return {
      id: field.id, name: field.getAttribute("name"), value: field.value, typed: typed,
      start: typed && field.type !== "number" ? field.selectionStart : null,
      end: typed && field.type !== "number" ? field.selectionEnd : null,
    };
  }

  function restore(place) {
    if (!place) return;
    const same = every("[name]").filter((one) => one.name === place.name);
    const field = (place.id && document.getElementById(place.id)) ||
      (place.name && (place.typed ? same[0] : same.find((one) => one.value === place.value)));
    if (!field || field === document.activeElement) return;
    if (place.typed && field.value !== place.value) field.value = place.value;
    field.focus({ preventScroll: true });
    if (place.start !== null && field.setSelectionRange) field.setSelectionRange(place.start, place.end);
  }

  /* Keyboard: data-key on a control; data-key-scope around one question. */

  const scopes = () => every("[data-key-scope]").filter(isVisible);
  const isAnswered = (scope) => scope.querySelector("input:checked") !== null;

  const firstField = (scope) =>
    scope.querySelector("input:checked") || scope.querySelector("input:not([type=hidden]), textarea, select, summary, button, a");

  function goOn(fromId) {
    const all = scopes();
    // a remark that nobody has to write must not catch the letters of the next button
    const next = all.slice(all.findIndex((scope) => scope.id === fromId) + 1)
      .find((scope) => !scope.hasAttribute("data-passed-over") && firstField(scope));
    if (!next) return false;
    firstField(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
    return true;
  }

  function wanted(key) {
    const found = every("[data-key]").filter((one) => one.dataset.key === key && !one.disabled && isVisible(one.closest("label") || one));
    const active = document.activeElement;
    const here = (active && active.closest("[data-key-scope]")) || scopes().find((scope) => !isAnswered(scope) && scope.querySelector("input[data-key]"));
    // answers and digits belong to one question or button, the other letters to the whole page
    return found.find((one) => here && here.contains(one)) ||
      found.find((one) => !one.matches("input") && (!/\d/.test(key) || !one.closest("[data-key-scope]")));
  }

  function press(control) {
    const scope = control.closest("[data-key-scope]");
    control.focus({ preventScroll: true });
    if (scope && control.type === "radio") {
      const form = control.closest("form[data-autosave]");
      if (form && !control.checked) stateOf(form).advance = scope.id;
      else if (goOn(scope.id)) return;
    }
    control.click();
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const field = event.target;
    const scope = field.closest && field.closest("[data-key-scope]");
    if (event.key === "Enter" && scope && field.matches("input")) {
      // a single answer already leads on: Enter out of habit must not jump over the next question
      if ((field.type === "radio" && !isAnswered(scope)) || goOn(scope.id)) {
        event.preventDefault();
        return;
      }
    }
    if (event.key === "Escape" && isTextField(field)) {
      field.blur();
      return;
    }
    const opened = event.key === "Escape" && document.querySelector("details.outcome[open]");
    if (opened) { // opened by mistake: the digits belong to the questionnaire again
      opened.open = false;
      document.activeElement.blur();
      return;
    }
    if (isTextField(field)) return;
    const control = wanted(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (control) {
      event.preventDefault();
      press(control);
    }
  }

  /* <div data-heartbeat-url="…"> keeps a claimed case. */

  function beat() {
    every("[data-heartbeat-url]").forEach((element) => {
      post(element.dataset.heartbeatUrl, new URLSearchParams({ csrf_token: csrf() })).then((response) => {
        if (wasSignedOut(response)) announce(SIGNED_OUT);
        else if (GONE.has(response.status)) {
          element.removeAttribute("data-heartbeat-url");
          announce(element.dataset.lost || SPENT);
        } else if (Array.from(states.values()).every((state) => !state.dirty && !state.stopped)) announce("");
      }).catch(() => announce("网络断了，连上后会自动继续。"));
    });
  }

  /* <div data-undo-seconds="120"> … <span data-undo-left> */

  function countDown() {
    every("[data-undo-seconds]").forEach((element) => {
      const end = Number(element.dataset.undoEnd) || performance.now() + 1000 * Number(element.dataset.undoSeconds);
      element.dataset.undoEnd = String(end);
      const left = Math.ceil((end - performance.now()) / 1000);
      const words = left >= 60 ? Math.floor(left / 60) + "分" + String(left % 60).padStart(2, "0") + "秒" : Math.max(left, 0) + "秒";
      every("[data-undo-left]", element).forEach((place) => { place.textContent = words; });
      if (left <= 0) element.hidden = true;
    });
  }

  /* <div id="…" data-poll-url="…" data-poll-seconds="2"> shows progress; the answer without data-poll-url ends it. */

  function poll(element) {
    setTimeout(() => {
      fetch(element.dataset.pollUrl, { headers: { "X-Fragment": "1" }, credentials: "same-origin" })
        .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
        .then((html) => {
          const found = new DOMParser().parseFromString(html, "text/html").getElementById(element.id);
          if (!found) return;
          const fresh = document.importNode(found, true);
          element.replaceWith(fresh);
          if (fresh.dataset.pollUrl) poll(fresh);
        })
        .catch(() => poll(element));
    }, 1000 * Number(element.dataset.pollSeconds || 2));
  }

  function onSubmit(event) {
    const form = event.target;
    const asked = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (form.dataset.sent || (asked && !window.confirm(asked))) {
      event.preventDefault();
      return;
    }
    if (form.getAttribute("method") === "post") {
      form.dataset.sent = "1";
      setTimeout(() => form.removeAttribute("data-sent"), SECOND_PRESS);
    }
    const state = form.hasAttribute("data-autosave") ? stateOf(form) : null;
    if (state) {
      clearTimeout(state.timer);
      state.dirty = false;
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosave]");
    if (form) touched(form, 0);
  });
  document.addEventListener("input", (event) => {
    const form = isTextField(event.target) && event.target.closest("form[data-autosave]");
    if (form && !event.isComposing) touched(form, TYPING_PAUSE);
  });
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", (event) => {
    composing = false;
    const form = event.target.closest("form[data-autosave]");
    if (form) touched(form, TYPING_PAUSE);
  });
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
  window.addEventListener("pageshow", () => every("form[data-sent]").forEach((form) => form.removeAttribute("data-sent")));
  window.addEventListener("online", () => { announce(""); states.forEach((state) => { if (state.dirty) save(state); }); });
  window.addEventListener("offline", () => announce(OFFLINE));
  window.addEventListener("beforeunload", (event) => {
    if (Array.from(states.values()).some((state) => (state.dirty || state.busy) && !state.form.dataset.sent)) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
  every("[data-poll-url]").forEach(poll);
  setInterval(beat, HEARTBEAT_SECONDS * 1000);
  setInterval(countDown, 1000);
  countDown();
}());
