// The telephone in the page's sound: what the microphone hears goes out in frames of 20 ms, what
// the agent says is played as it comes, and marks in it are told when they have been played.
"use strict";

const RATE = 16000;
const FRAME = RATE / 50;

// A windowed sinc from one rate to another. Loudest just below the lower rate's half.
class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const cut = Math.min(1, to / from) * 0.92;
    this.half = Math.ceil(8 / cut);
    this.parts = 256;
    this.table = new Float32Array(this.half * this.parts + 2);
    for (let i = 0; i < this.table.length; i++) {
      const t = i / this.parts;
      const sinc = t === 0 ? cut : Math.sin(Math.PI * cut * t) / (Math.PI * t);
      const window = t >= this.half ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * t / this.half);
      this.table[i] = sinc * window;
    }
    this.reset();
  }

  reset() {
    this.kept = new Float32Array(this.half);
    this.at = this.half;
  }

  push(samples) {
    const heard = new Float32Array(this.kept.length + samples.length);
    heard.set(this.kept);
    heard.set(samples, this.kept.length);
    const made = [];
    while (this.at + this.half < heard.length) {
      let sum = 0;
      for (let n = Math.ceil(this.at - this.half); n <= this.at + this.half; n++) {
        const place = Math.abs(this.at - n) * this.parts;
        const below = Math.floor(place);
        const part = place - below;
        sum += heard[n] * (this.table[below] * (1 - part) + this.table[below + 1] * part);
      }
      made.push(sum);
      this.at += this.step;
    }
    const done = Math.max(0, Math.ceil(this.at - this.half) - 1);
    this.kept = heard.slice(done);
    this.at -= done;
    return Float32Array.from(made);
  }
}

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ear = new Resampler(sampleRate, RATE);
    this.mouth = new Resampler(RATE, sampleRate);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.peak = 0;
    // Pieces of sound, and marks between them.
    this.queue = [];
    this.played = 0;
    this.port.onmessage = ({ data }) => this.told(data);
  }

  told(data) {
    if (data.flush) {
      this.queue = [];
      this.played = 0;
      this.mouth.reset();
    } else if (data.mark) {
      this.queue.push(data.mark);
    } else if (data.sound) {
      const samples = new Int16Array(data.sound);
      this.queue.push(this.mouth.push(Float32Array.from(samples, (one) => one / 32768)));
    }
  }

  process(inputs, outputs) {
    if (inputs[0].length > 0) this.hear(inputs[0][0]);
    this.play(outputs[0][0]);
    return true;
  }

  hear(samples) {
    for (const sample of this.ear.push(samples)) {
      this.peak = Math.max(this.peak, Math.abs(sample));
      this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
      if (this.filled === FRAME) {
        const sound = this.frame.buffer;
        this.port.postMessage({ sound, peak: Math.min(1, this.peak) }, [sound]);
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
        this.peak = 0;
      }
    }
  }

  play(out) {
    let at = 0;
    while (this.queue.length > 0) {
      const first = this.queue[0];
      if (Array.isArray(first)) {
        this.port.postMessage({ mark: first });
        this.queue.shift();
        continue;
      }
      if (at === out.length) break;
      const part = first.subarray(this.played, this.played + out.length - at);
      out.set(part, at);
      at += part.length;
      this.played += part.length;
      if (this.played === first.length) {
        this.queue.shift();
        this.played = 0;
      }
    }
  }
}

registerProcessor("telephone", Telephone);
