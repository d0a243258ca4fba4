// Nothing here is needed to read a page or to send a form: it keeps pages up to date.
"use strict";
(() => {
  const STREAM_SILENT_MS = 40000;
  const CARD_LINES = 3;

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSheets();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("details.me")) closeSheets();
  });
  function closeSheets() {
    for (const open of document.querySelectorAll("details.me[open]")) open.open = false;
  }

  const board = document.querySelector("[data-console]");
  const talk = document.querySelector("[data-talk]");
  const lamp = document.querySelector("[data-stream]");
  // A page on which calls are made is not loaded anew when one is over.
  const stays = talk && "stays" in talk.dataset;
  if (!board && !talk) return;
  lamp.hidden = false;

  let source = null;
  let last = "";
  let heard = Date.now();
  let again = 0;

  function open() {
    clearTimeout(again);
    source = new EventSource("/events" + (last ? "?after=" + encodeURIComponent(last) : ""));
    const on = (name, work) => source.addEventListener(name, (event) => {
      heard = Date.now();
      shine(true);
      if (event.lastEventId) last = event.lastEventId;
      work(event.data ? JSON.parse(event.data) : {});
    });
    on("beat", () => {});
    on("reset", () => { last = ""; refresh(); });
    on("bye", () => {});
    on("snapshot", snapshot);
    on("began", (data) => card(data.call));
    on("said", said);
    on("moves", (data) => { card(data.call); refresh(); });
    on("moved", refresh);
    on("board", refresh);
    on("tool", (data) => pass("tool", data));
    on("ended", ended);
    source.onerror = () => {
      shine(false);
      // A refusal closes it for good; a lost connection the browser repairs by itself.
      if (source.readyState === EventSource.CLOSED) {
        again = setTimeout(open, 2000 + Math.random() * 3000);
      }
    };
  }

  function shine(well) {
    lamp.textContent = well ? lamp.dataset.ok : lamp.dataset.lost;
    lamp.classList.toggle("ok", well);
    lamp.classList.toggle("lost", !well);
  }

  // A machine that slept hears nothing and is told nothing.
  setInterval(() => {
    if (Date.now() - heard > STREAM_SILENT_MS && source) {
      source.close();
      shine(false);
      heard = Date.now();
      open();
    }
  }, 5000);

  function snapshot(data) {
    if (board) {
      board.replaceChildren();
      for (const call of data.calls) {
        card(call);
        for (const one of call.lines) toCard(call, one);
      }
      nobody();
    }
    if (talk) {
      const mine = data.calls.find((call) => call.id === talk.dataset.talk);
      if (mine) mine.lines.forEach(toTalk); else if (!stays) location.reload();
    }
  }

  function card(call) {
    if (!board) return null;
    let found = board.querySelector('[data-card="' + CSS.escape(call.id) + '"]');
    if (!found) {
      found = document.getElementById("card").content.firstElementChild.cloneNode(true);
      found.dataset.card = call.id;
      const link = found.querySelector("a");
      link.href = "/calls/" + encodeURIComponent(call.id);
      link.textContent = call.caller;
      found.querySelector("time").textContent = call.began;
      found.querySelector("[data-node]").textContent = call.node;
      found.querySelector("form").action = link.href + "/takeover";
      board.append(found);
      nobody();
    }
    return found;
  }

  function said(data) {
    toCard(data.call, data.said);
    if (talk && data.call.id === talk.dataset.talk) toTalk(data.said);
    pass("said", data);
  }

  function toCard(call, one) {
    const found = card(call);
    if (!found) return;
    const list = found.querySelector("ol");
    list.append(line(one));
    while (list.children.length > CARD_LINES) list.firstElementChild.remove();
  }

  function toTalk(one) {
    if (one.turn <= Number(talk.dataset.turn)) return;
    const near = window.innerHeight + window.scrollY > document.body.scrollHeight - 48;
    talk.dataset.turn = one.turn;
    const made = line(one);
    talk.append(made);
    if (near && getSelection().isCollapsed) made.scrollIntoView({ block: "end" });
  }

  function line(one) {
    const made = document.createElement("li");
    made.className = one.speaker;
    const side = document.createElement("span");
    side.className = "side";
    side.textContent = one.at + " " + one.who;
    const words = document.createElement("span");
    words.lang = one.language;
    words.textContent = one.text;
    made.append(side, words);
    if (one.latency) {
      const took = document.createElement("span");
      took.className = "side took";
      took.textContent = one.latency;
      made.append(took);
    }
    return made;
  }

  // Who waits and who is there: fetched whole, so that rights and language stay in one place. What
  // somebody is writing is never taken from under their hands.
  const region = document.querySelector("[data-now]");
  const ringing = document.querySelector("[data-ringing]");
  const bell = document.querySelector("[data-bell]");
  const title = document.title;
  let asked = 0;
  let shown = 0;
  let sound = null;

  function isWriting() {
    const changed = [...region.querySelectorAll("textarea")].some((one) => one.value !== one.defaultValue);
    return changed || region.contains(document.activeElement) && document.activeElement.matches("textarea, select, input");
  }

  async function refresh() {
    if (!region) return;
    const mine = ++asked;
    try {
      const answer = await fetch(region.dataset.now);
      const text = await answer.text();
      // A late answer to an old question.
      if (!answer.ok || mine < shown) return;
      shown = mine;
      const fresh = new DOMParser().parseFromString(text, "text/html");
      ring(fresh.querySelectorAll("[data-ring]").length);
      if (isWriting()) return;
      const focused = document.activeElement && document.activeElement.id;
      region.replaceChildren(...fresh.body.childNodes);
      if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    } catch { shine(false); }
  }

  let callers = 0;
  function ring(now) {
    document.title = now ? "(" + now + ") ☎ " + title : title;
    if (now > callers) ringing.textContent = ringing.dataset.words;
    if (!now) ringing.textContent = "";
    callers = now;
  }

  // Two seconds of tone, two of silence, as long as somebody rings.
  function tone() {
    if (!sound || !callers) return;
    const wave = sound.createOscillator();
    const volume = sound.createGain();
    volume.gain.value = 0.15;
    wave.frequency.value = 520;
    wave.connect(volume).connect(sound.destination);
    wave.start();
    wave.stop(sound.currentTime + 2);
  }

  if (region) {
    region.addEventListener("focusout", () => setTimeout(refresh, 0));
    ring(region.querySelectorAll("[data-ring]").length);
    bell.hidden = false;
    bell.addEventListener("click", () => {
      sound = new AudioContext();
      bell.setAttribute("aria-pressed", "true");
      callers = callers || 1;
      tone();
      refresh();
    });
    setInterval(tone, 4000);
    // Clocks on the page, and who has gone.
    setInterval(refresh, 15000);
  }

  // For scripts of single pages.
  function pass(name, data) {
    document.dispatchEvent(new CustomEvent("line-" + name, { detail: data }));
  }

  function ended(data) {
    const found = board && board.querySelector('[data-card="' + CSS.escape(data.call.id) + '"]');
    if (found) found.remove();
    nobody();
    // The whole page of a call that is over has more on it than its lines.
    if (talk && !stays && data.call.id === talk.dataset.talk) setTimeout(() => location.reload(), 1500);
  }

  function nobody() {
    const words = document.querySelector("[data-nobody]");
    if (words) words.hidden = board.childElementCount > 0;
  }

  open();
})();
