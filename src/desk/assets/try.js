// Speaking with the agent: microphone -> worklet -> socket, and back. The transcript comes by the
// desk's own stream (live.js).
"use strict";
(() => {
  // Sound that waits to be sent: beyond it the network is too slow for a talk.
  const WAITING_BYTES_MAX = 64000;

  const box = document.querySelector("[data-trial]");
  if (!box) return;
  const start = box.querySelector("[data-start]");
  const stop = box.querySelector("[data-stop]");
  const meter = box.querySelector("meter");
  const after = box.querySelector("[data-after]");
  const talk = document.querySelector("[data-talk]");
  const tools = document.querySelector("[data-tools]");
  let call = null;

  function say(what, more) {
    const sentence = box.getAttribute("data-say-" + what);
    box.querySelector("[data-state]").textContent = more ? sentence + " " + more : sentence;
    box.dataset.state = what;
  }

  function show(talking) {
    start.hidden = talking;
    stop.hidden = !talking;
    box.querySelector("select").disabled = talking;
  }

  async function begin() {
    show(true);
    stop.focus();
    after.hidden = true;
    say("asking");
    const mine = { context: new AudioContext({ latencyHint: "interactive" }) };
    call = mine;
    try {
      const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
      mine.stream = await navigator.mediaDevices.getUserMedia({ audio: wish });
      await mine.context.audioWorklet.addModule(box.dataset.worklet);
      await mine.context.resume();
    } catch (error) {
      const denied = error instanceof DOMException && error.name === "NotAllowedError";
      const none = error instanceof DOMException && error.name === "NotFoundError";
      return end(mine, denied ? "denied" : none ? "none" : "failed");
    }
    if (call !== mine) return release(mine);
    say("calling");
    connect(mine);
  }

  function connect(mine) {
    const node = new AudioWorkletNode(mine.context, "telephone", { outputChannelCount: [1] });
    const language = encodeURIComponent(box.querySelector("select").value);
    const address = location.origin.replace(/^http/, "ws") + "/try/voice?language=" + language;
    mine.socket = new WebSocket(address);
    mine.socket.binaryType = "arraybuffer";
    node.port.onmessage = ({ data }) => {
      if (mine.socket.readyState !== WebSocket.OPEN) return;
      if (data.mark) {
        mine.socket.send(JSON.stringify({ mark: data.mark }));
      } else if (mine.socket.bufferedAmount < WAITING_BYTES_MAX) {
        mine.socket.send(data.sound);
        meter.value = data.peak;
      }
    };
    mine.socket.onopen = () => {
      mine.context.createMediaStreamSource(mine.stream).connect(node);
      node.connect(mine.context.destination);
    };
    mine.socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return node.port.postMessage({ sound: data }, [data]);
      const told = JSON.parse(data);
      if (told.call) began(told.call);
      else if (told.over) end(mine, !mine.id ? "failed" : told.over === "hangup" ? "over" : "moves", told.over);
      else node.port.postMessage(told);
    };
    mine.socket.onclose = () => end(mine, mine.id ? "over" : "failed");
    function began(id) {
      mine.id = id;
      talk.replaceChildren();
      talk.dataset.turn = "0";
      talk.dataset.talk = id;
      tools.replaceChildren();
      say("talking");
    }
  }

  function release(mine) {
    if (mine.stream) mine.stream.getTracks().forEach((track) => track.stop());
    if (mine.context.state !== "closed") mine.context.close();
    if (mine.socket) mine.socket.close();
  }

  function end(mine, how, next) {
    if (call !== mine) return;
    call = null;
    release(mine);
    meter.value = 0;
    const held = document.activeElement === stop;
    show(false);
    if (held) start.focus();
    say(how, how === "moves" ? next : "");
    if (mine.id) {
      after.querySelector("a").href = "/calls/" + encodeURIComponent(mine.id);
      after.hidden = false;
    }
  }

  const mine = (event) => event.detail.call.id === talk.dataset.talk;
  document.addEventListener("line-said", (event) => {
    if (mine(event)) document.querySelector("[data-silent]").hidden = true;
  });
  document.addEventListener("line-tool", (event) => {
    if (!mine(event)) return;
    const { name, took, success } = event.detail.tool;
    const made = document.createElement("li");
    const code = document.createElement("code");
    code.textContent = name;
    made.append(code, " " + took + (success ? "" : " · " + tools.dataset.failed));
    tools.append(made);
    document.querySelector("[data-no-tools]").hidden = true;
  });
  start.addEventListener("click", begin);
  stop.addEventListener("click", () => end(call, "over"));
  show(false);
  say(navigator.mediaDevices ? "ready" : "insecure");
  start.disabled = !navigator.mediaDevices;
})();
