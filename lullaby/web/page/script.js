// Plays a night in the page's one <audio> element, which is never swapped. What is changed while it plays is
// another address, from the place that was reached: it is asked for first, then the element goes over to it.
"use strict";

// ---- the address of a night, as lullaby/web/wanted.py reads and writes it

const OPTIONS = ["date", "for", "circle", "mood", "seed", "sleeper", "headphones", "all-night", "length", "faders",
  "awake", "from", "rise", "to", "fade"];
const SECONDS = ["length", "awake", "from", "rise", "to", "fade"];
const MOST_PRESSES = 64;

const seconds = (number) => Number(number).toFixed(3).replace(/\.?0+$/, "");

function readAddress(text) {
  const [what, ...options] = text.split("~");
  const night = { words: what.split("+") };
  for (const option of options) {
    const cut = option.indexOf("=");
    const name = option.slice(0, cut), value = option.slice(cut + 1);
    night[name] = SECONDS.includes(name) ? value.split(",").map(seconds).join(",")
      : name === "seed" ? String(Number(value)) : name === "faders" ? writeFaders(readFaders(value)) : value;
  }
  return night;
}

function writeAddress(night) {
  const said = OPTIONS.filter((name) => night[name]).map((name) => `${name}=${night[name]}`);
  return [night.words.join("+"), ...said].join("~");
}

// Every voice's fader by name: a number of dB, -Infinity where it is silent.
function readFaders(text) {
  const said = text ? text.split(",").map((one) => one.split(":")) : [];
  return Object.fromEntries(said.map(([name, db]) => [name, db === "silent" ? -Infinity : Number(db)]));
}

function writeFaders(faders) {
  const written = ([name, db]) => `${name}:${db === -Infinity ? "silent" : db}`;
  return Object.entries(faders).sort(([a], [b]) => (a < b ? -1 : 1)).map(written).join(",");
}

// ---- what there is

const LEAD = 2;              // seconds from a change to the place where the changed night begins
const FADE = 1.5;            // seconds
const LONGEST_PAUSE = 10000; // milliseconds between two tries
const DARK_AFTER = 30000;    // milliseconds without a touch
const STALLED = 8000;        // milliseconds without a sound
const LOWEST = -60, HIGHEST = 12; // dB of a fader

const by = (id) => document.getElementById(id);
const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const sound = by("sound");
const words = JSON.parse(sound.dataset.said);
const canFade = (() => { // not on iOS: there only the buttons of the phone set it
  sound.volume = 0.5;
  const set = sound.volume === 0.5;
  sound.volume = 1;
  return set;
})();
const ANYWHERE = ".mp3";     // what every browser plays
let kind = // of file that is asked for
  !canFade && "hls" in sound.dataset && sound.canPlayType("application/vnd.apple.mpegurl") !== "" ? ".m3u8"
    : sound.canPlayType('audio/mp4; codecs="opus"') === "probably" ? ".m4o" : ANYWHERE;

let current = sound.dataset.id;      // the address that the element has
let wanted = readAddress(current);   // what it is to be, wherever it begins
let reached = Number(wanted.from || 0);
let willing = sound.autoplay;         // it is to be heard
let over = false;                    // it has come to its end
let ending = false;                  // its last seconds, in a fade
let other = false;                   // what is wanted is another night, and begins where it says
let loud = 1;
let voices = [];                     // of what plays, by name

const source = (id, end) => `/night/${encodeURI(id)}${end || kind}`;
const offset = () => Number(readAddress(current).from || 0);

function place() {
  if (sound.readyState > 0 && !sound.seeking && !moving) reached = offset() + sound.currentTime;
  return reached;
}

// Said aloud to whoever cannot see the page. What goes well is seen anyhow; what does not stands there to read.
function tell(line) {
  const goesWell = [words.is_playing, words.is_stopped].includes(line);
  by("said").classList.toggle("unseen", goesWell);
  if (by("said").textContent !== line) by("said").textContent = line;
}

function look() {
  const held = document.activeElement;
  by("play").hidden = willing;
  by("stop").hidden = !willing;
  if (held && held.form && held.form.hidden && ["play", "stop"].includes(held.form.id) && held.type === "submit") {
    by(willing ? "stop" : "play").querySelector(".main").focus({ preventScroll: true });
  }
  if (by("awake")) by("awake").hidden = !(willing || over);
  if (by("more")) by("more").hidden = !((willing || over) && wanted.to);
  if (by("softer")) by("softer").hidden = !(willing && (canFade || voices.length));
  if ("mediaSession" in navigator) navigator.mediaSession.playbackState = willing ? "playing" : "paused";
  touched();
}

// ---- playing

let moving = false; // the element is being given another address, or the same once more

function put(id, at) {
  moving = true;
  current = id;
  reached = at === undefined ? offset() : at;
  over = other = false;
  const skip = reached - offset();
  sound.onloadedmetadata = () => {
    if (skip > 0.05) sound.currentTime = skip;
    moving = false;
  };
  sound.src = source(id);
  for (const input of document.querySelectorAll("input[name=play], input[name=like]")) input.value = id;
}

async function play() {
  sound.volume = canFade ? loud : 1;
  try {
    await sound.play();
  } catch (reason) {
    if (reason.name !== "NotAllowedError") return; // another address came between, or "error" follows
    willing = false;
    tell(words.not_allowed);
    look();
  }
}

let fading = 0;

async function fade(to, long) {
  if (!canFade || sound.paused) return;
  const mine = ++fading, first = sound.volume, begun = performance.now();
  for (let along = 0; along < 1 && mine === fading;) {
    await sleep(40);
    along = Math.min(1, (performance.now() - begun) / 1000 / long);
    if (mine === fading) sound.volume = first + (to - first) * along;
  }
}

// What the server knows of a night, which it prepares so. It is asked until it answers, or until nobody waits.
async function ask(id, still) {
  for (let pause = 500; still(); pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      const answer = await fetch(source(id, ".json"));
      if (answer.ok) return await answer.json();
      if (answer.status < 500 && answer.status !== 429) {
        const { error } = await answer.json().catch(() => ({}));
        return { error: error || words.refused };
      }
    } catch { /* nobody answers: it may have been started again by then */ }
    tell(words.waiting);
    await sleep(pause);
  }
  return null;
}

function begin() {
  fading++;
  if (over && !other) { // what the timer ended goes on without it; what ended by itself begins anew
    if (!wanted.to) reached = 0;
    for (const name of ["from", "to", "fade"]) delete wanted[name];
  }
  if (!other && (reached > 0 || wanted.from)) wanted.from = seconds(reached);
  const same = !sound.ended && !ending && !sound.error && sound.readyState > 0 && bare(current) === bare(wanted);
  willing = true;
  ending = false;
  if (!same) put(writeAddress(begun(wanted)));
  play();
  look();
  const id = current;
  if (!same) ask(id, () => willing && current === id).then((facts) => facts && !facts.error && learn(facts));
}

// From wherever it begins it rises, in the stream itself.
const begun = (night) => (night.from && night.from !== "0" ? { ...night, rise: String(FADE) } : night);

function bare(night) {
  const { from, rise, ...rest } = typeof night === "string" ? readAddress(night) : night;
  return writeAddress(rest);
}

async function stop() {
  const at = place();
  willing = false;
  look();
  tell(words.is_stopped);
  if (canFade) {
    await fade(0, FADE);
    if (!willing) sound.pause();
  } else if (!sound.paused) {
    const now = seconds(at);
    ending = true;
    put(writeAddress({ ...wanted, from: now, rise: "0.3", to: seconds(at + 4), fade: "3.5" }));
    reached = at;
    sound.play().catch(() => {});
  }
}

// ---- changing what plays

let going = false, again = false;

function change(edit) {
  const before = writeAddress(wanted);
  edit(wanted);
  if (writeAddress(wanted) === before && !other) return;
  if (willing) go();
  look();
}

async function go() {
  again = true;
  if (going) return;
  going = true;
  while (again && willing) {
    again = false;
    await goOver();
  }
  going = again = false;
}

async function goOver(tries = 0) {
  const asked = performance.now();
  const late = setTimeout(() => tell(words.preparing), 1000);
  const at = place() + (canFade ? LEAD : 0);
  const night = other ? { ...wanted } : { ...wanted, from: seconds(at) };
  const id = writeAddress(begun(night)), isOther = other;
  const facts = await ask(id, () => willing && !again);
  clearTimeout(late);
  if (!facts || again) return;
  if (facts.error) {
    wanted = readAddress(current);
    other = false;
    tell(facts.error);
    if (sound.ended) finish();
    look();
    return;
  }
  // it was long in coming: by now the night is further on
  if (!isOther && tries < 3 && performance.now() - asked > 1000 * LEAD) return goOver(tries + 1);
  // its first seconds are asked for before the sound that plays is let go
  await fetch(source(id), { headers: { Range: "bytes=0-99999" } }).then((some) => some.arrayBuffer()).catch(() => {});
  if (again) return;
  const left = LEAD - FADE - (performance.now() - asked) / 1000;
  if (left > 0 && canFade && !isOther) await sleep(left * 1000);
  await fade(0, FADE);
  if (!willing) return;
  fading++;
  put(id);
  play();
  show(facts, isOther);
  tell(words.is_playing);
}

// The voices of what plays: for a night that is no mix each has a fader here.
function learn(facts) {
  const names = (list) => list.map((one) => one.name).join();
  const asBefore = names(voices) === names(facts.voices);
  voices = facts.voices;
  const panel = by("levels"), shown = isMix(wanted) ? [] : voices;
  if (panel) panel.hidden = !shown.length;
  if (panel && !asBefore) panel.querySelector("ul").replaceChildren(...shown.map(fader));
  look();
}

function fader({ name, fader: db }) {
  const item = document.createElement("li"), label = document.createElement("label");
  const slider = Object.assign(document.createElement("input"), { type: "range", name, min: -30, max: HIGHEST });
  slider.value = db === null ? -30 : db;
  label.append(name.replaceAll("-", " "), slider);
  item.append(label);
  return item;
}

function show(facts, isOther) {
  learn(facts);
  by("title").textContent = document.title = facts.title;
  if (isOther) {
    if (by("picture") && facts.picture) by("picture").src = facts.picture;
    by("length").hidden = true;
    const notes = by("notes");
    if (notes) {
      notes.hidden = !facts.notes.length;
      notes.replaceChildren(...facts.notes.map((note) => {
        const item = document.createElement("li");
        item.textContent = note;
        return item;
      }));
    }
  }
  session();
}

function choose(id) {
  const left = wanted.to ? Number(wanted.to) - place() : 0;
  const long = wanted.fade;
  wanted = readAddress(id);
  other = true;
  if (left > 0 && !over && !wanted.to) {
    wanted.to = seconds(Number(wanted.from || 0) + left);
    wanted.fade = long;
  }
  if (willing) {
    go();
  } else {
    reached = Number(wanted.from || 0);
    setTimer();
    begin();
    ask(id, () => willing).then((facts) => facts && !facts.error && show(facts, true));
  }
  look();
}

function setTimer() {
  const minutes = by("timer") && Number(by("timer").value);
  delete wanted.to;
  delete wanted.fade;
  if (!minutes) return;
  wanted.to = seconds((other ? Number(wanted.from || 0) : place()) + 60 * minutes);
  wanted.fade = seconds(Math.min(60 * Number(by("fade").value), 30 * minutes));
}

function awake() {
  const said = wanted.awake ? wanted.awake.split(",") : [];
  const now = seconds(place());
  if (said.length < MOST_PRESSES && (!said.length || Number(now) > Number(said[said.length - 1]))) {
    said.push(now);
  }
  const wasOver = over;
  over = false;
  change((night) => { night.awake = said.join(","); });
  if (wasOver) begin();
}

function more() {
  if (!wanted.to) return awake();
  const wasOver = over;
  over = false;
  change((night) => { night.to = seconds(Math.max(Number(night.to), place()) + 600); });
  if (wasOver) begin();
}

function softer() {
  if (canFade) {
    loud = Math.max(0.1, loud * 0.7);
    fade(loud, 0.5);
  } else {
    moveFaders((faders) => {
      for (const { name } of voices) faders[name] = Math.max(LOWEST, (faders[name] || 0) - 3);
    });
  }
}

// ---- the mix

const isMix = (night) => night.words.length > 1 || night.words[0].includes(":") ||
  [...document.querySelectorAll("input[name=voice]")].some((box) => box.value === night.words[0]);

function mixed() {
  return [...by("mix").elements].filter((box) => box.name === "voice" && box.checked).map((box) => {
    const level = by("mix").elements[`level-${box.value}`].value;
    return level === "0" ? box.value : `${box.value}:${level}`;
  });
}

function moveFaders(move) {
  change((night) => {
    const faders = readFaders(night.faders);
    move(faders);
    for (const name of Object.keys(faders)) if (faders[name] === 0) delete faders[name];
    night.faders = writeFaders(faders);
  });
}

// A mix that has begun stays the night it is: its faders are moved, and what is new joins it.
function mixMoved() {
  if (!isMix(wanted) || !mixed().length) return;
  if (!willing && !reached) return change((night) => { night.words = mixed(); });
  const now = Object.fromEntries(mixed().map((word) => word.split(":")).map(([name, db]) => [name, Number(db || 0)]));
  const joins = mixed().filter((word) => !wanted.words.some((old) => old.split(":")[0] === word.split(":")[0]));
  moveFaders((faders) => {
    for (const [name, db] of wanted.words.map((word) => word.split(":"))) {
      const gain = name in now ? now[name] - Number(db || 0) : -Infinity;
      faders[name] = gain === -Infinity ? gain : Math.min(HIGHEST, Math.max(LOWEST, gain));
    }
    wanted.words = [...wanted.words, ...joins];
  });
}

function levelsMoved() {
  moveFaders((faders) => {
    for (const slider of by("levels").querySelectorAll("input")) {
      faders[slider.name] = slider.value === slider.min ? -Infinity : Number(slider.value);
    }
  });
}

let moved = 0;

const afterwards = (does) => () => {
  clearTimeout(moved);
  moved = setTimeout(does, 400);
};

// ---- what goes wrong

let trying = false, stalled = 0;

async function tryAgain() {
  if (trying) return;
  trying = true;
  clearTimeout(stalled);
  const id = current;
  const still = () => willing && current === id;
  const at = place();
  if (sound.error && sound.error.code === 4) kind = ANYWHERE; // it cannot play that after all
  for (let pause = 500; still(); pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    await sleep(pause);
    const facts = await ask(id, still);
    if (!facts || !still()) break;
    if (facts.error) {
      willing = false;
      tell(facts.error);
      break;
    }
    put(id, at);
    await Promise.race([play(), sleep(STALLED)]);
    if (!sound.error && sound.readyState > 2) {
      tell(words.is_playing);
      break;
    }
  }
  trying = false;
  look();
  if (willing && sound.error) tryAgain();
}

sound.addEventListener("error", () => { if (willing) tryAgain(); });
sound.addEventListener("waiting", () => {
  clearTimeout(stalled);
  stalled = setTimeout(() => { if (willing && !going && !sound.paused) tryAgain(); }, STALLED);
});
sound.addEventListener("timeupdate", () => {
  clearTimeout(stalled);
  if (!ending) place();
});
sound.addEventListener("playing", () => { if (willing) tell(words.is_playing); });
sound.addEventListener("play", () => {
  if (willing || ending) return;
  willing = true; // by a headphone's button, say
  look();
});
sound.addEventListener("pause", () => {
  if (!willing || sound.ended || going || trying || moving) return;
  willing = false;
  look();
});
sound.addEventListener("ended", () => {
  if (!ending && willing && !going) finish(); // else it goes over to what was asked for last
});

function finish() {
  place();
  willing = false;
  over = true;
  if (by("timer")) by("timer").value = "";
  tell(words.is_over);
  look();
}

// ---- the phone's own lock screen: title, picture, play and pause; nothing to seek by

function session() {
  if (!("mediaSession" in navigator)) return;
  const picture = by("picture");
  navigator.mediaSession.metadata = new MediaMetadata({
    title: by("title").textContent,
    artwork: picture ? [{ src: picture.src }] : [],
  });
}

if ("mediaSession" in navigator) {
  const does = { play: begin, pause: stop, stop };
  for (const name of ["play", "pause", "stop", "seekbackward", "seekforward", "seekto", "previoustrack", "nexttrack"]) {
    try {
      navigator.mediaSession.setActionHandler(name, does[name] || null);
    } catch { /* this browser has no such button */ }
  }
  session();
}

// ---- the dark: nothing is lit that nobody looks at; the touch that wakes it does nothing else

const dark = by("dark");
let untouched = 0;

function touched() {
  clearTimeout(untouched);
  if (willing) untouched = setTimeout(() => { dark.hidden = !willing; }, DARK_AFTER);
}

function wake(event) {
  event.preventDefault();
  event.stopPropagation();
  dark.hidden = true;
  touched();
}

let woken = false; // by a key that is still held

document.addEventListener("keydown", (event) => {
  if (dark.hidden) return touched();
  woken = true;
  wake(event);
}, true);
document.addEventListener("keyup", (event) => {
  if (woken) event.preventDefault();
  woken = false;
}, true);
dark.addEventListener("touchend", wake, { passive: false });
dark.addEventListener("click", wake);
for (const name of ["pointerdown", "input", "focusin", "scroll"]) {
  document.addEventListener(name, () => { if (dark.hidden) touched(); }, { capture: true, passive: true });
}

// ---- the forms, which do without a script what is done here without another page

async function askRoom(form) {
  const night = form.elements.night;
  if (night) night.value = writeAddress(willing ? { ...wanted, from: seconds(place()) } : wanted);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
    for (const item of page.querySelectorAll("[data-room]")) {
      const here = document.querySelector(`[data-room="${CSS.escape(item.dataset.room)}"] > p`);
      if (here) here.textContent = item.querySelector("p").textContent;
    }
  } catch {
    tell(words.waiting);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target, pressed = event.submitter;
  if (form.method === "get" && pressed && pressed.name === "for") {
    if (!willing) return; // the page itself is another for somebody else
    event.preventDefault();
    change((night) => {
      if (pressed.value) night.for = pressed.value; else delete night.for;
    });
    for (const one of form.querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
    pressed.setAttribute("aria-current", "true");
    return;
  }
  event.preventDefault();
  if (form.method === "post") askRoom(form);
  else if (form.id === "stop") stop();
  else if (form.id === "mix") {
    const { date, headphones, for: listener } = wanted;
    if (mixed().length) choose(writeAddress({ words: mixed(), date, headphones, for: listener }));
  } else if (pressed && pressed.name === "play") choose(pressed.value);
  else begin();
});

sound.controls = false;
sound.hidden = true;
for (const [id, does] of Object.entries({ awake, more, softer })) if (by(id)) by(id).addEventListener("click", does);
for (const id of ["timer", "fade"]) {
  if (by(id)) by(id).addEventListener("change", () => change(setTimer));
}
if (by("mix")) by("mix").addEventListener("input", afterwards(mixMoved));
if (by("levels")) by("levels").addEventListener("input", afterwards(levelsMoved));
if (willing) {
  if (kind !== ANYWHERE && sound.readyState === 0) put(current);
  play();
  ask(current, () => willing).then((facts) => facts && !facts.error && learn(facts));
}
look();
