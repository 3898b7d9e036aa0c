// The page of a trace. From top to bottom: helpers, Execution (what is known at each
// event), the words for events, the drawings (Lanes, Overview, ring), the panels, and
// at the end the page, which holds the selected event and hands it to all of them.
//
// "At" and "index" always mean the index of an event. Texts of the trace are only ever
// put into text nodes and attributes, never parsed as markup.
"use strict";
(() => {

// ---- Helpers ---------------------------------------------------------------------

const NONE = -1;
const CHAR = 6.65; // width of a character of the drawings' font, in pixels

const svgNames = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}
const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(svgNames, tag), attributes, children);
const $ = (id) => document.getElementById(id);

const clamp = (x, least, most) => Math.max(least, Math.min(most, x));
const several = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const cut = (text, chars) => text.length <= chars ? text : chars < 2 ? "" : text.slice(0, chars - 1) + "…";

// atMost returns the index of the last element of the ascending list whose key is at
// most x, or -1.
function atMost(list, x, key = (e) => e) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) <= x) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// ---- Execution: what is known at each event --------------------------------------

class Execution {
  constructor(trace) {
    this.trace = trace;
    for (const list of ["tasks", "objects", "places", "states", "events", "sources"]) {
      this[list] = trace[list] || [];
    }
    this.last = Math.max(0, this.events.length - 1);
    this.byTask = this.tasks.map(() => []);
    this.runs = [];     // stretches of events of one task: {from, to, task}
    this.calls = [];    // operations of the program: {from, to, depth, task, event}
    this.callAt = new Map();
    this.changes = this.objects.map(() => []); // of values: {at, value}
    this.shown = new Map(); // states by name: {at, state}
    this.depths = this.tasks.map(() => 0);
    this.events.forEach((event, at) => this.#add(event, at));
    this.longest = 0; // the most events that a call spans
    for (const call of this.calls) this.longest = Math.max(this.longest, call.to - call.from);
    this.judged = this.#judged();
  }

  #add(event, at) {
    this.byTask[event.task].push(at);
    const run = this.runs.at(-1);
    if (run && run.task === event.task) run.to = at;
    else this.runs.push({ from: at, to: at, task: event.task });

    if (event.kind === "invoke") {
      const outer = this.callAt.get(event.parent);
      const call = { from: at, to: this.last, open: true, depth: outer ? outer.depth + 1 : 0, task: event.task, event };
      this.calls.push(call);
      this.callAt.set(at, call);
      this.depths[event.task] = Math.max(this.depths[event.task], call.depth + 1);
    } else if (event.kind === "return" && this.callAt.has(event.parent)) {
      const call = this.callAt.get(event.parent);
      call.to = at;
      call.open = false;
      call.result = event.result;
    }
    if (event.object >= 0) {
      const value = this.#valueAfter(event);
      if (value !== undefined) this.changes[event.object].push({ at, value });
    }
    for (const s of event.states || []) {
      const state = this.states[s];
      if (!this.shown.has(state.name)) this.shown.set(state.name, []);
      this.shown.get(state.name).push({ at, state });
    }
  }

  // valueAfter is the value of the event's object after it, undefined if it says
  // nothing about that. Who holds a lock follows from who has taken it.
  #valueAfter(event) {
    if (event.after) return event.after;
    if (event.before) return event.before;
    const task = this.tasks[event.task];
    switch (markOf(this, event)) {
      case "lock": return event.result === "false" ? undefined : `held by ${task}`;
      case "unlock": return "not held";
    }
    return undefined;
  }

  // judged places the judge's operations between events, and the points of their order.
  #judged() {
    const history = this.trace.history;
    if (!history) return [];
    const operations = (history.operations || []).map((operation, number) => {
      const mine = this.byTask[operation.task];
      const from = mine.find((at) => this.events[at].step >= operation.call) ?? this.last;
      let to = this.last;
      if (operation.return >= 0) {
        const after = atMost(mine, operation.return, (at) => this.events[at].step);
        to = after < 0 ? from : Math.max(from, mine[after]);
      }
      return { ...operation, number, from, to, rank: 0, point: NONE };
    });
    const order = history.order || [];
    let earliest = 0;
    order.forEach((number, i) => {
      const operation = operations[number];
      earliest = Math.max(earliest + 0.45, operation.from);
      operation.rank = i + 1;
      operation.point = earliest = Math.max(operation.from, Math.min(earliest, operation.to));
    });
    // Operations of one task that overlap stand in rows of their own.
    const ends = this.tasks.map(() => []);
    for (const operation of [...operations].sort((x, y) => x.from - y.from || x.to - y.to)) {
      const rows = ends[operation.task];
      let row = rows.findIndex((end) => end < operation.from);
      if (row < 0) row = rows.length;
      rows[row] = operation.to;
      operation.row = row;
    }
    this.judgedRows = ends.map((rows) => rows.length);
    return operations;
  }

  // valueAt returns the last change of the object at or before the event.
  valueAt(object, at) { return this.changes[object][atMost(this.changes[object], at, (c) => c.at)]; }

  // statesAt returns the newest state of each name, and the one before it.
  statesAt(at) {
    return [...this.shown.values()].map((list) => {
      const i = atMost(list, at, (s) => s.at);
      return { now: list[i]?.state, before: list[i - 1]?.state, at: list[i]?.at };
    }).filter((s) => s.now);
  }

  // openAt returns the calls the task has open at the event, outermost first.
  openAt(task, at) {
    const i = atMost(this.byTask[task], at);
    if (i < 0) return [];
    const newest = this.byTask[task][i];
    const event = this.events[newest];
    let inner = event.kind === "invoke" ? newest : event.parent;
    // The response belongs to the call, which is still shown at it.
    const chain = [];
    for (; inner >= 0; inner = this.events[inner].parent) chain.unshift(this.callAt.get(inner));
    if (event.kind === "return" && newest < at) chain.pop();
    return chain;
  }

  excerpt(place) {
    return this.sources.find((s) => s.file === place.file && place.line >= s.first && place.line < s.first + (s.lines || []).length);
  }
}

// ---- Words -----------------------------------------------------------------------

// markOf is the shape that an event is drawn with.
function markOf(execution, event) {
  switch (event.kind) {
    case "invoke": case "return": case "log": case "pending": return event.kind;
    case "variable": return event.op === "Set" || event.writes ? "plain-write" : "plain-read";
  }
  const type = execution.objects[event.object]?.type;
  if (type === "mutex" || type === "rwmutex") return /Unlock$/.test(event.op) ? "unlock" : /Lock$/.test(event.op) ? "lock" : "other";
  if (event.writes) return event.reads ? "update" : "write";
  if (event.reads) return "read";
  return event.after ? "rewrite" : "other";
}

const markWords = {
  invoke: "call of an operation", return: "its return", read: "read, or a comparison that failed", write: "write",
  rewrite: "write of the value that was there", update: "read and write in one (Add, CompareAndSwap …)", lock: "lock taken", unlock: "lock given back",
  "plain-read": "plain variable read", "plain-write": "plain variable written",
  other: "another step (Wait, Signal, Gosched …)", log: "message", pending: "where the task waits in the end",
};

// sentence says in words what happened, without the task.
function sentence(execution, event) {
  const object = event.as || execution.objects[event.object]?.name;
  switch (event.kind) {
    case "invoke": return `${event.op}(${event.args || ""}) {`;
    case "return": {
      const call = execution.events[event.parent];
      return `} ${call ? call.op + " " : ""}= ${event.result || "done"}`;
    }
    case "log": return event.text || "";
    case "pending": return `waits ${event.op.startsWith("wait ") ? event.op.slice(5) : "at " + event.op}${object ? " " + object : ""}${event.text ? ": " + event.text : ""}`;
  }
  let text = object ? `${object}.${event.op}(${event.args || ""})` : event.op || "";
  if ((event.writes || !event.reads) && event.before && event.after) {
    if (!event.args && !event.result) text = `${object}.${event.op}: `;
    else text += event.result ? ` = ${event.result}: ` : ": ";
    return text + `${event.before} → ${event.after}`;
  }
  if (event.result) return `${text} = ${event.result}`;
  if (event.reads && event.before) return `${text} = ${event.before}`;
  return event.after && !event.reads ? `${text}: ${event.after}` : text;
}

const callText = (call) => `${call.event.op}(${call.event.args || ""})`;

function placeText(execution, event) {
  const place = execution.places[event.place];
  return place ? `${place.file.split("/").pop()}:${place.line}` : "";
}

// signs are the remarks on an event: why it is worth a look.
function signs(execution, at) {
  const event = execution.events[at], found = [];
  if (event.preemption) found.push({ sign: "preempt", text: "preemption: the task before could have gone on" });
  else if (event.switch) found.push({ sign: "switch", text: "another task goes on" });
  for (const p of windowPoints(execution)) {
    if (p.at === at) found.push({ sign: "window", text: `critical window: ${p.words}` });
  }
  return found;
}

// windowPoints are the events of the critical window, if there is one.
function windowPoints(execution) {
  const w = execution.trace.window;
  if (!w) return [];
  if (w.points?.length) {
    const lines = (w.text || "").split("\n");
    return w.points.map((at, i) => ({ at, digit: String(i + 1), words: lines[i] || "" }));
  }
  const locks = markOf(execution, execution.events[w.read]) === "lock";
  return [
    { at: w.read, digit: "1", words: locks ? "takes the lock" : "reads" },
    { at: w.change, digit: "2", words: locks ? "does not hold it" : "made false" },
    { at: w.rely, digit: "3", words: "relies on it" },
  ];
}

// ---- Lanes: one for each task, on one axis of events -------------------------------

const shapes = {
  read: [["circle", { r: 4.5 }]],
  write: [["path", { d: "M-4.5-4.5h9v9h-9z", solid: true }]],
  rewrite: [["path", { d: "M-4.5-4.5h9v9h-9z" }]],
  update: [["path", { d: "M0-6L6 0L0 6L-6 0z", solid: true }]],
  lock: [["path", { d: "M3-6h-5v12h5", thin: true }]],
  unlock: [["path", { d: "M-3-6h5v12h-5", thin: true }]],
  "plain-read": [["circle", { r: 4.5, dashed: true }]],
  "plain-write": [["path", { d: "M-4.5-4.5L4.5 4.5M-4.5 4.5L4.5-4.5", thin: true }]],
  other: [["path", { d: "M-3.5-5L5 0L-3.5 5z" }]],
  log: [["path", { d: "M-4 6V-6H5L2.5-3L5 0H-4", thin: true }]],
  invoke: [["path", { d: "M-3-5V5M-3 0H3", thin: true }]],
  return: [["path", { d: "M3-5V5M3 0H-3", thin: true }]],
  pending: [["path", { d: "M-3-5V5M3-5V5", thin: true }]],
};

function drawMark(kind, x, y, title) {
  const group = svg("g", { transform: `translate(${x} ${y})`, "data-mark": kind });
  for (const [tag, { solid, thin, dashed, ...geometry }] of shapes[kind]) {
    group.append(svg(tag, { ...geometry, class: ["mark", solid && "solid", thin && "thin", dashed && "dashed"].filter(Boolean).join(" ") }));
  }
  if (title) group.append(svg("title", {}, title));
  return group;
}

const AXIS = 20, WINDOW = 26, NEST = 18, MARKS = 26, JUDGED = 34, GAP = 6, MOST_NESTED = 5;

class Lanes {
  // page has the selected event and takes another; parted is where the other
  // execution begins to differ, or NONE.
  constructor(page, execution, heading, parted) {
    Object.assign(this, { page, execution, parted });
    this.columns = 20; // width of an event in pixels
    this.names = el("div", { class: "names" });
    this.svg = svg("svg", { role: "img" });
    this.spacer = el("div", {}, this.svg);
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": `${heading}: lanes of tasks; arrow keys step` }, this.spacer);
    this.root = el("section", { class: "view", "aria-label": heading },
      el("h2", {}, heading), el("div", { class: "chart" }, this.names, this.scroller));
    this.scroller.addEventListener("scroll", () => { page.scrolled(this); this.#later(); });
    this.svg.addEventListener("click", (e) => this.#clicked(e));
    this.#layOut();
  }

  // layOut finds out where the lanes stand, from top to bottom.
  #layOut() {
    const e = this.execution;
    let y = AXIS + (e.trace.window ? WINDOW : 0);
    this.lanes = e.tasks.map((name, task) => {
      const nested = Math.min(e.depths[task], MOST_NESTED) * NEST;
      const rows = e.judgedRows?.[task] || 0;
      const lane = { name, y, marks: y + 4 + nested + MARKS / 2, end: y + 8 + nested + MARKS, rows };
      lane.judged = lane.end;
      lane.end += rows * JUDGED;
      y = lane.end + GAP;
      return lane;
    });
    this.height = y + 2;
    this.svg.setAttribute("height", this.height);
    this.names.append(...["step", ...e.tasks].map((name) => el("div", { class: "sizer", "aria-hidden": "true" }, name)));
    this.labels = this.lanes.map((lane) => placed(el("div", { title: lane.name }, lane.name), lane.y));
    this.names.append(placed(el("div", { class: "small" }, "step"), 0), ...this.labels);
    this.lanes.forEach((lane, task) => {
      if (lane.rows) this.names.append(placed(el("div", { class: "small", title: "operations of this task as the judge sees them" }, "judge"), lane.judged + 2));
    });
    function placed(node, top) { node.style.top = top + "px"; return node; }
  }

  setColumns(width) {
    this.columns = width;
    this.spacer.style.width = Math.max(1, this.page.length) * width + "px";
  }

  x(at) { return (at + 0.5) * this.columns; }

  // reveal scrolls so that the event is in sight, with some of what surrounds it.
  reveal(at) {
    const width = this.scroller.clientWidth, margin = Math.min(width / 3, 160), x = this.x(at);
    const left = this.scroller.scrollLeft;
    if (x < left + margin) this.scroller.scrollLeft = x - margin;
    else if (x > left + width - margin) this.scroller.scrollLeft = x - width + margin;
  }

  #later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); });
  }

  #clicked(e) {
    const operation = e.target.closest("[data-operation]");
    if (operation) return this.page.showOperation(Number(operation.dataset.operation));
    const x = e.clientX - this.svg.getBoundingClientRect().left + this.scroller.scrollLeft;
    this.page.select(Math.floor(x / this.columns));
  }

  // draw draws what is in sight, and nothing else.
  draw() {
    const e = this.execution, width = this.scroller.clientWidth, left = this.scroller.scrollLeft;
    const from = Math.max(0, Math.floor(left / this.columns) - 1);
    const to = Math.min(e.last, Math.ceil((left + width) / this.columns) + 1);
    this.sight = { from, to, left, width };
    this.svg.setAttribute("width", width);
    const at = Math.min(this.page.at, e.last);
    this.labels.forEach((label, task) => label.classList.toggle("running", e.events[at]?.task === task));
    const canvas = svg("g", { transform: `translate(${-left} 0)` });
    if (e.events.length) {
      canvas.append(...this.#ground(), ...this.#calls(), ...this.#parting(), ...this.#switches(), ...this.#judge(),
        ...this.#marks(), ...this.#window(), ...this.#chosen(at));
    }
    this.svg.replaceChildren(canvas);
    this.svg.setAttribute("aria-label", `Events ${from + 1} to ${to + 1} of ${e.events.length}`);
  }

  // ground draws the axis, the lanes, and who is running.
  #ground() {
    const { from, to, left, width } = this.sight, e = this.execution, parts = [];
    for (const lane of this.lanes) {
      parts.push(svg("rect", { class: "lane", x: left, y: lane.y, width, height: lane.end - lane.y }));
      if (lane.rows) parts.push(svg("line", { class: "separator", x1: left, x2: left + width, y1: lane.judged, y2: lane.judged }));
    }
    for (let r = Math.max(0, atMost(e.runs, from, (run) => run.from)); r < e.runs.length && e.runs[r].from <= to; r++) {
      const run = e.runs[r], lane = this.lanes[run.task];
      parts.push(svg("rect", { class: "run", x: run.from * this.columns, y: lane.y, width: (run.to - run.from + 1) * this.columns, height: lane.judged - lane.y }));
    }
    const every = Math.ceil(34 / this.columns);
    let written = NONE;
    for (let at = from; at <= to; at++) {
      const step = e.events[at].step;
      if (step === written || at - every < written && step % every) continue;
      if (step % every && every > 1) continue;
      written = step;
      parts.push(svg("text", { class: "number", x: this.x(at), y: 14 }, String(step)));
    }
    return parts;
  }

  // calls draws the operations as boxes, those within others inside them.
  #calls() {
    const { from, to, left } = this.sight, e = this.execution, parts = [];
    for (let i = Math.max(0, atMost(e.calls, from - e.longest - 1, (call) => call.from)); i < e.calls.length && e.calls[i].from <= to; i++) {
      const call = e.calls[i];
      if (call.to < from || call.depth >= MOST_NESTED) continue;
      const lane = this.lanes[call.task], x = call.from * this.columns + 1.5;
      const y = lane.y + 3 + call.depth * NEST, width = (call.to - call.from + 1) * this.columns - 3;
      const text = callText(call) + (call.open ? " …" : ` = ${call.result || "done"}`);
      parts.push(svg("rect", { class: call.open ? "bar open" : "bar", x, y, width, height: lane.judged - 3 - call.depth * 2 - y, rx: 4 }, svg("title", {}, text)));
      const start = Math.max(x, left);
      const label = cut(text, Math.floor((x + width - start - 8) / CHAR));
      if (label) parts.push(svg("text", { x: start + 5, y: y + 13 }, label));
    }
    return parts;
  }

  // switches draws where another task goes on: > as the text does, and * if the one
  // before could have gone on.
  #switches() {
    const { from, to } = this.sight, e = this.execution, parts = [];
    for (let r = Math.max(1, atMost(e.runs, from, (run) => run.from)); r < e.runs.length && e.runs[r].from <= to + 1; r++) {
      const run = e.runs[r], x = run.from * this.columns;
      const y1 = this.lanes[e.runs[r - 1].task].marks, y2 = this.lanes[run.task].marks;
      const preempts = e.events[run.from].preemption;
      if (e.events[run.from].kind === "pending") continue; // it does not go on
      parts.push(svg("path", { class: preempts ? "preempt" : "go", d: `M${x} ${y1}V${y2}` }));
      if (preempts && this.columns >= 6) {
        const y = Math.min(y1, y2) + MARKS / 2 + 3; // at the foot of the upper task's operation
        parts.push(svg("g", {}, svg("title", {}, "preemption"),
          svg("circle", { class: "badge", cx: x, cy: y, r: 7 }), svg("text", { x, y: y + 6 }, "*")));
      }
    }
    return parts;
  }

  #marks() {
    const { from, to } = this.sight, e = this.execution, parts = [];
    const roomy = this.columns >= 8;
    for (let at = from; at <= to; at++) {
      const event = e.events[at], y = this.lanes[event.task].marks;
      if (roomy) parts.push(drawMark(markOf(e, event), this.x(at), y, sentence(e, event)));
      else parts.push(svg("path", { class: "mark", d: `M${this.x(at)} ${y - 4}v8` }));
    }
    return parts;
  }

  // judge draws the operations as the judge sees them, and the order that explains them.
  #judge() {
    const { from, to, left } = this.sight, e = this.execution, parts = [];
    if (!e.judged.length) return parts;
    const history = e.trace.history;
    const height = (o) => this.lanes[o.task].judged + o.row * JUDGED + 11;
    const pointX = (o) => (o.point + 0.5) * this.columns;
    const near = (o) => o.to >= from && o.from <= to;
    for (const o of e.judged.filter(near)) {
      const y = height(o), x1 = o.from * this.columns + 2, x2 = (o.to + 1) * this.columns - 2;
      const wrong = o.number === history.unplaced;
      const text = o.text + (wrong ? ": finds no place" : o.rank ? `: number ${o.rank} of the order` : "");
      parts.push(svg("line", { class: `judged ${wrong ? "wrong" : o.rank ? "" : "rest"}`, x1, x2, y1: y, y2: y }));
      const start = Math.max(x1, left), label = cut(this.#ofTask(o), Math.floor((x2 - start) / CHAR));
      if (label) parts.push(svg("text", { class: wrong ? "wrong" : "", x: start, y: y + 19 }, label));
      parts.push(svg("rect", { class: "hit", "data-operation": o.number, x: x1, width: Math.max(1, x2 - x1), y: y - 10, height: JUDGED - 2 }, svg("title", {}, text)));
      if (wrong) parts.push(...this.#point((x1 + x2) / 2, y, "✕", "point wrong"));
    }
    const placed = (history.order || []).map((number) => e.judged[number]);
    const first = Math.max(0, atMost(placed, from - 1, (o) => o.point)), past = placed.findIndex((o) => o.point > to + 1);
    const seen = placed.slice(first, past < 0 ? placed.length : past + 1);
    if (seen.length > 1) parts.push(svg("path", { class: "order", d: "M" + seen.map((o) => `${pointX(o)} ${height(o)}`).join("L") }));
    for (const o of seen) parts.push(...this.#point(pointX(o), height(o), String(o.rank), "point"));
    return parts;
  }

  // ofTask is the operation's text without its task, which the lane tells.
  #ofTask(o) {
    const owner = `${this.execution.tasks[o.task]}'s `;
    return o.text.startsWith(owner) ? o.text.slice(owner.length) : o.text;
  }

  #point(x, y, text, style) {
    return [svg("g", {}, svg("circle", { class: style, cx: x, cy: y, r: 8.5 }), svg("text", { x, y: y + 3.5, class: style.includes("wrong") ? "wrong" : "" }, text))];
  }

  // window draws the critical window: what was read, what made it false, what relied on it.
  #window() {
    const points = windowPoints(this.execution).sort((a, b) => a.at - b.at);
    if (!points.length) return [];
    const y = AXIS + 11, parts = [];
    parts.push(svg("path", { class: "window-line", d: `M${this.x(points[0].at)} ${y}H${this.x(points.at(-1).at)}` }));
    points.forEach((p, i) => {
      const x = this.x(p.at), lane = this.lanes[this.execution.events[p.at].task];
      parts.push(svg("path", { class: "window-drop", d: `M${x} ${y}V${lane.marks - 9}` }),
        svg("circle", { class: "window-ring", cx: x, cy: lane.marks, r: 9 }),
        svg("g", {}, svg("circle", { class: "window-dot", cx: x, cy: y, r: 8 }), svg("text", { x, y: y + 4 }, p.digit)));
      const room = i < points.length - 1 ? (points[i + 1].at - p.at) * this.columns - 22 : 90;
      if (p.words.length * CHAR <= room) {
        parts.push(svg("rect", { class: "window-ground", x: x + 9, y: y - 7, width: p.words.length * CHAR + 6, height: 14, fill: "var(--card)" }),
          svg("text", { class: "window-word", x: x + 12, y: y + 4 }, p.words));
      }
    });
    return parts;
  }

  #parting() {
    if (this.parted < 0 || !this.page.comparing) return [];
    const x = this.parted * this.columns;
    return [svg("line", { class: "part", x1: x, x2: x, y1: AXIS - 4, y2: this.height })];
  }

  #chosen(at) {
    const x = at * this.columns, event = this.execution.events[at];
    return [
      svg("rect", { class: "chosen", x, y: 0, width: this.columns, height: this.height }),
      svg("rect", { class: "chosen-edge", x: x + 0.5, y: this.lanes[event.task].marks - 12, width: this.columns - 1, height: 24, rx: 4, "data-at": at }),
    ];
  }
}

// ---- Overview: the whole execution in one line ------------------------------------

class Overview {
  constructor(page, execution, host) {
    Object.assign(this, { page, execution, host });
    const rows = execution.tasks.length, n = Math.max(1, execution.events.length);
    this.svg = svg("svg", { viewBox: `0 0 ${n} ${rows + 1}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    const fine = n / 1600; // what is closer than this is one stretch
    const paths = execution.tasks.map(() => []), ends = execution.tasks.map(() => -Infinity);
    const preempts = [];
    for (const run of execution.runs) {
      const y = run.task + 1;
      if (run.from > ends[run.task] + fine) paths[run.task].push(`M${run.from} ${y}`);
      ends[run.task] = Math.max(run.to + 1, run.from + fine);
      paths[run.task].push(`H${ends[run.task]}`);
      if (execution.events[run.from].preemption && !(preempts.at(-1) > run.from - fine)) preempts.push(run.from);
    }
    const points = windowPoints(execution).map((p) => p.at);
    if (points.length) {
      const from = Math.min(...points), to = Math.max(...points);
      this.svg.append(svg("rect", { class: "span", x: from, width: to - from + 1, y: 0, height: rows + 1 }));
    }
    const thick = Math.max(1.5, Math.min(6, 26 / rows));
    this.svg.append(...paths.map((p) => svg("path", { class: "run", "stroke-width": thick, d: p.join("") })));
    this.svg.append(svg("path", { class: preempts.length > 200 ? "preempt dense" : "preempt", d: preempts.map((x) => `M${x} 0V${rows + 1}`).join("") }));
    this.visible = svg("rect", { class: "visible", y: 0, height: rows + 1 });
    this.cursor = svg("path", { class: "cursor" });
    this.svg.append(this.visible, this.cursor);
    host.append(this.svg);
    const seek = (e) => {
      const box = host.getBoundingClientRect();
      page.select(Math.floor((e.clientX - box.left) / box.width * n));
    };
    host.addEventListener("pointerdown", (e) => { host.setPointerCapture(e.pointerId); seek(e); });
    host.addEventListener("pointermove", (e) => { if (e.buttons) seek(e); });
  }

  draw(at, sight, words) {
    const rows = this.execution.tasks.length, x = Math.min(at, this.execution.last) + 0.5;
    this.cursor.setAttribute("d", `M${x} 0V${rows + 1}`);
    this.visible.setAttribute("visibility", sight.from > 0 || sight.to < this.execution.last ? "visible" : "hidden");
    this.visible.setAttribute("x", sight.from);
    this.visible.setAttribute("width", Math.max(0, sight.to - sight.from + 1));
    this.host.setAttribute("aria-valuemin", 1);
    this.host.setAttribute("aria-valuemax", Math.max(1, this.execution.events.length));
    this.host.setAttribute("aria-valuenow", Math.floor(x + 0.5));
    this.host.setAttribute("aria-valuetext", words);
  }
}

// ---- The ring ----------------------------------------------------------------------

const PATTERNS = 8;

// styles gives each state of blocks a colour and a pattern, by its first appearance.
class Styles {
  constructor() { this.all = new Map(); }
  of(state) {
    if (!this.all.has(state)) this.all.set(state, this.all.size % PATTERNS);
    return this.all.get(state);
  }
  collect(execution) {
    for (const s of execution.states) for (const b of s.ring?.blocks || []) this.of(b.state);
  }
}

// patterns are shared by all drawings of the page.
function patterns() {
  const inks = [
    [], ["M0 8L8 0M-2 2L2-2M6 10L10 6"], ["M0 4H8"], ["M0 0L8 8M0 8L8 0"],
    ["dots"], ["M0 0L8 8M-2 6L2 10M6-2L10 2"], ["M4 0V8"], ["M0 4H8M4 0V8"],
  ];
  return svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "unseen" }, svg("defs", {}, inks.map((lines, i) =>
    svg("pattern", { id: `state-${i}`, class: `s${i}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      svg("rect", { width: 8, height: 8, class: "pattern-ground" }),
      lines.map((d) => d === "dots" ? svg("circle", { cx: 4, cy: 4, r: 1.6, class: "pattern-dot" }) : svg("path", { d, class: "pattern-ink" }))))));
}

// changedBlocks and changedPointers tell what is not as it was, with the old text.
function changesOf(ring, before) {
  const old = new Map((before?.blocks || []).map((b) => [b.address, b]));
  const oldPointers = new Map((before?.pointers || []).map((p) => [p.name, p.address]));
  const blocks = new Map(), pointers = new Map();
  if (!before) return { blocks, pointers, gone: [] };
  for (const b of ring.blocks || []) {
    const o = old.get(b.address);
    if (!o) blocks.set(b.address, "new");
    else if (o.state !== b.state) blocks.set(b.address, o.state);
    else if (o.size !== b.size || o.label !== b.label) blocks.set(b.address, "");
    old.delete(b.address);
  }
  for (const p of ring.pointers || []) {
    const o = oldPointers.get(p.name);
    if (o !== undefined && o !== p.address) pointers.set(p.name, o);
  }
  return { blocks, pointers, gone: [...old.values()] };
}

// drawRing draws the ring with what has changed since before, which may be undefined.
function drawRing(ring, before, styles, width, words) {
  const R = 74, THICK = 24, capacity = ring.capacity || 1, cx = width / 2;
  const blocks = ring.blocks || [], pointers = ring.pointers || [];
  const changed = changesOf(ring, before);
  const angle = (address) => (address % capacity) / capacity * 2 * Math.PI;
  const on = (a, r) => [cx + r * Math.sin(a), cy - r * Math.cos(a)];
  const arc = (a1, a2, r) => {
    if (a2 - a1 >= 2 * Math.PI - 1e-9) return `M${on(0, r)}A${r} ${r} 0 1 1 ${on(Math.PI, r)}A${r} ${r} 0 1 1 ${on(0, r)}`;
    return `M${on(a1, r)}A${r} ${r} 0 ${a2 - a1 > Math.PI ? 1 : 0} 1 ${on(a2, r)}`;
  };
  const sector = (a1, a2) => {
    const large = a2 - a1 > Math.PI ? 1 : 0, inner = R - THICK;
    if (a2 - a1 >= 2 * Math.PI - 1e-9) a2 = a1 + 2 * Math.PI - 1e-3;
    return `M${on(a1, R)}A${R} ${R} 0 ${large} 1 ${on(a2, R)}L${on(a2, inner)}A${inner} ${inner} 0 ${large} 0 ${on(a1, inner)}z`;
  };

  const room = Math.floor((width / 2 - R - 26) / CHAR); // characters of a label
  const labels = ringLabels(ring, changed, angle, room);
  const side = { right: labels.filter((l) => Math.sin(l.angle) >= 0), left: labels.filter((l) => Math.sin(l.angle) < 0) };
  const rows = (list) => list.reduce((sum, l) => sum + l.lines.length * 13 + 5, 0);
  const height = Math.max(2 * R + 64, Math.min(420, Math.max(rows(side.left), rows(side.right)) + 12));
  const cy = height / 2;
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words });

  root.append(svg("circle", { class: "track", cx, cy, r: R - THICK / 2, "stroke-width": THICK }));
  for (const b of blocks) {
    const a = angle(b.address), span = Math.min(1, b.size / capacity) * 2 * Math.PI;
    const title = svg("title", {}, `block ${b.address}${b.label ? " " + b.label : ""}, ${b.size} bytes: ${b.state}`);
    root.append(svg("path", { class: "edge", fill: `url(#state-${styles.of(b.state)})`, d: sector(a, a + span), "data-block": b.address }, title));
    if (changed.blocks.has(b.address)) root.append(svg("path", { class: "fresh", d: sector(a, a + span) }));
  }
  const addresses = pointers.map((p) => p.address);
  const low = Math.min(...addresses), high = Math.max(...addresses);
  if (pointers.length && high > low) {
    const a = angle(low);
    root.append(svg("path", { class: "used", d: arc(a, a + Math.min(1, (high - low) / capacity) * 2 * Math.PI, R + 5) }));
  }
  for (const p of pointers) {
    const a = angle(p.address);
    root.append(svg("path", { class: "pointer", d: `M${on(a, R + 1)}L${on(a - 0.07, R + 12)}L${on(a + 0.07, R + 12)}z` },
      svg("title", {}, `${p.name} ${p.address}`)));
  }
  // The physical end of the memory, and the laps on both sides of it.
  const base = pointers.length ? low : blocks[0]?.address || 0;
  const lap = Math.floor(base / capacity);
  root.append(svg("line", { class: "boundary", x1: cx, x2: cx, y1: cy - R - 20, y2: cy - R + THICK + 6 }),
    svg("text", { class: "center quiet", x: cx, y: cy - R + THICK + 18 }, `0|${capacity}`),
    svg("text", { class: "center", x: cx, y: cy + 2 }, `${capacity} bytes`),
    svg("text", { class: "center quiet", x: cx, y: cy + 17 }, base % capacity === 0 ? `lap ${lap}` : `laps ${lap}, ${lap + 1}`));
  for (const [which, list] of Object.entries(side)) root.append(...placeLabels(which, list, { cx, cy, R, room, height, on }));
  return root;
}

// ringLabels are the texts around the ring, of at most room characters in a line where
// that can be had: pointers at one address stand together.
function ringLabels(ring, changed, angle, room) {
  const labels = [], byAddress = new Map();
  const lines = (...parts) => parts.join(" ").length <= room ? [parts.join(" ")] : parts;
  for (const p of ring.pointers || []) {
    if (!byAddress.has(p.address)) byAddress.set(p.address, []);
    byAddress.get(p.address).push(p);
  }
  for (const [address, list] of byAddress) {
    const texts = list.flatMap((p) => changed.pointers.has(p.name) ? lines(`${p.name} ${changed.pointers.get(p.name)}`, `→ ${address}`) : [`${p.name} ${address}`]);
    labels.push({ angle: angle(address), lines: texts, style: "pointer-name", hot: list.some((p) => changed.pointers.has(p.name)) });
  }
  const block = (b, hot, ...texts) => labels.push({ angle: angle(b.address + b.size / 2), lines: [`${b.address} ${b.label || ""}`, ...texts], style: "name", hot });
  for (const b of ring.blocks || []) {
    const was = changed.blocks.get(b.address);
    if (was && was !== "new") block(b, true, ...lines(`${was} →`, b.state));
    else block(b, was !== undefined, ...(was ? lines("new:", b.state) : [b.state]));
  }
  for (const b of changed.gone) block(b, true, "is gone");
  for (const address of ring.waiting || []) labels.push({ angle: angle(address), lines: [String(address), "given back"], style: "name" });
  return labels;
}

// placeLabels puts the labels of one side below each other near their places. Those
// for which there is no room are only in the table.
function placeLabels(which, list, { cx, cy, R, room, height, on }) {
  const gap = 5;
  list.sort((a, b) => on(a.angle, R)[1] - on(b.angle, R)[1]);
  const tall = (l) => l.lines.length * 13;
  while (list.reduce((sum, l) => sum + tall(l) + gap, 0) > height) {
    const quiet = list.findLastIndex((l) => !l.hot && l.style === "name");
    list.splice(quiet < 0 ? list.length - 1 : quiet, 1);
  }
  let y = 2;
  for (const l of list) { l.y = Math.max(y, on(l.angle, R + 16)[1] - tall(l) / 2); y = l.y + tall(l) + gap; }
  y = height - 2;
  for (const l of [...list].reverse()) { l.y = Math.min(l.y, y - tall(l)); y = l.y - gap; }
  const right = which === "right", x = cx + (right ? 1 : -1) * (R + 24);
  return list.map((l) => {
    const start = on(l.angle, R + (l.style === "name" ? 2 : 12)), middle = l.y + 7;
    const widest = Math.min(room, Math.max(...l.lines.map((t) => t.length))) * CHAR + 6;
    return svg("g", {},
      svg("path", { class: "leader", d: `M${start}L${x - (right ? 8 : -8)} ${middle}H${x - (right ? 2 : -2)}` }),
      l.hot ? svg("rect", { class: "hot", x: right ? x - 2 : x - widest + 3, y: l.y - 1, width: widest, height: tall(l) + 2, rx: 3 }) : null,
      l.lines.map((text, i) => svg("text", { class: i === 0 || l.style === "pointer-name" ? l.style : "", x, y: l.y + 10 + i * 13, "text-anchor": right ? "start" : "end" },
        cut(text, room), text.length > room ? svg("title", {}, text) : null)));
  });
}

function ringPanel(name, { now, before, at }, selected, styles, width) {
  const ring = now.ring, fresh = at === selected ? before?.ring : ring;
  const used = new Set((ring.blocks || []).map((b) => b.state));
  const legend = el("div", { class: "legend", "aria-hidden": "true" }, [...styles.all.keys()].map((state) => el("span", { class: used.has(state) ? "" : "soft" },
    svg("svg", {}, svg("rect", { width: 16, height: 12, fill: `url(#state-${styles.of(state)})` })), state)));
  const lists = (ring.lists || []).map((l) => el("div", {}, `free blocks of ${l.size}: ${(l.blocks || []).join(" → ") || "none"}`));
  if (ring.waiting?.length) lists.push(el("div", {}, `given back: ${ring.waiting.join(", ")}`));
  return el("div", { role: "group", class: "card ring", "aria-label": name },
    el("h2", {}, name), drawRing(ring, fresh, styles, width, now.text), legend,
    lists.length ? el("div", { class: "lists mono" }, lists) : null,
    el("details", {}, el("summary", { class: "soft" }, "Blocks as a table"), blockTable(ring)));
}

const MOST_ROWS = 60;

function blockTable(ring) {
  const blocks = ring.blocks || [];
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Blocks" }, el("table", {},
    el("thead", {}, el("tr", {}, ["address", "size", "name", "state"].map((h) => el("th", { scope: "col" }, h)))),
    el("tbody", {}, blocks.slice(0, MOST_ROWS).map((b) => el("tr", {}, [b.address, b.size, b.label || "", b.state].map((c) => el("td", {}, String(c))))))),
  blocks.length > MOST_ROWS ? el("p", { class: "soft" }, `and ${blocks.length - MOST_ROWS} more`) : null);
}

// ---- Panels about the selected event ------------------------------------------------

// side shows everything about one execution at the event.
function side(name, execution, at, styles, width, ended, parted) {
  if (!execution.events.length) return el("div", { class: "side" }, el("p", {}, "The trace has no events."));
  const event = execution.events[at];
  const states = execution.statesAt(at);
  const rings = states.filter((s) => s.now.ring), others = states.filter((s) => !s.now.ring);
  const observed = execution.shown.size > 0;
  return el("section", { class: "side", "aria-label": name },
    nowPanel(execution, at, ended, parted),
    el("div", { class: "column" }, rings.map((s) => ringPanel(s.now.name, s, at, styles, width)), observed && rings.length === 0 || others.length ? statesPanel(others, at) : null,
      observed ? null : tasksPanel(execution, at)),
    el("div", { class: "column" }, sourcePanel(execution, event)),
    el("div", { class: "column" }, valuesPanel(execution, at), observed ? tasksPanel(execution, at) : null));
}

function nowPanel(execution, at, ended, parted) {
  const event = execution.events[at], place = execution.places[event.place];
  const tags = signs(execution, at).map((s) => el("span", { class: `tag ${s.sign}` }, s.text));
  if (parted === at) tags.push(el("span", { class: "tag part" }, "here the two executions part"));
  return el("div", { role: "group", class: "card now", "aria-label": "Event" },
    el("h2", {}, `step ${event.step} · ${execution.tasks[event.task]}`, ended ? " · the execution has ended" : "", tags),
    el("div", { class: "what" }, sentence(execution, event)),
    el("div", { class: "where" }, place ? `${place.function}, ${placeText(execution, event)}` : "place not known"));
}

function statesPanel(states, selected) {
  return el("div", { role: "group", class: "card", "aria-label": "States" }, el("h2", {}, "Observed"),
    states.length ? null : el("p", { class: "soft" }, "nothing yet"),
    states.map(({ now, before, at }) => {
      if (!now.fields?.length) {
        return el("div", { class: "state-text" }, `${now.name}: `, el("span", { class: at === selected && before ? "change" : "" }, now.text));
      }
      const old = new Map((before?.fields || []).map((f) => [f.name, f.value]));
      return el("table", {}, el("caption", { class: "soft" }, now.name), el("tbody", {}, now.fields.map((f) => {
        const changed = at === selected && before && old.get(f.name) !== f.value;
        return el("tr", { class: changed ? "fresh" : "" }, el("th", { scope: "row" }, f.name),
          el("td", {}, changed && old.has(f.name) ? `${old.get(f.name)} → ${f.value}` : f.value));
      })));
    }));
}

function sourcePanel(execution, event) {
  const place = execution.places[event.place];
  const panel = el("div", { role: "group", class: "card source", "aria-label": "Source" },
    el("h2", {}, place ? `${place.file}:${place.line}`.split(/(?<=\/)/).flatMap((part) => [part, el("wbr")]) : "Source"));
  const excerpt = place && execution.excerpt(place);
  if (!excerpt) {
    panel.append(el("p", { class: "soft" }, "The source is not part of the trace."));
    return panel;
  }
  const near = 9, from = Math.max(excerpt.first, place.line - near), to = Math.min(excerpt.first + excerpt.lines.length - 1, place.line + near);
  const rows = [];
  for (let line = from; line <= to; line++) {
    const here = line === place.line;
    rows.push(el("span", { class: here ? "row here" : "row", "aria-current": here ? "true" : undefined },
      el("b", {}, String(line)), excerpt.lines[line - excerpt.first].replaceAll("\t", "    ") || " "));
  }
  panel.append(el("pre", { tabindex: "0", role: "group", "aria-label": `${place.file}, line ${place.line} is marked` }, rows));
  return panel;
}

function valuesPanel(execution, at) {
  let objects = execution.objects.map((object, i) => ({ object, i, last: execution.valueAt(i, at) }));
  const hidden = Math.max(0, objects.length - MOST_ROWS);
  if (hidden) objects = objects.sort((a, b) => (b.last?.at ?? NONE) - (a.last?.at ?? NONE)).slice(0, MOST_ROWS);
  const event = execution.events[at];
  const rows = objects.map(({ object, i, last }) => {
    const fresh = event.object === i;
    const before = fresh && event.writes && event.before && event.before !== event.after ? `${event.before} → ` : "";
    return el("tr", { class: fresh ? "fresh" : last ? "" : "never" },
      el("td", {}, object.name), el("td", {}, last ? before + last.value : "–"), el("td", {}, last ? String(execution.events[last.at].step) : ""));
  });
  return el("div", { role: "group", class: "card", "aria-label": "Values" }, el("h2", {}, "Values after this event"),
    el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Values of all objects" }, el("table", { class: "values" },
      el("thead", {}, el("tr", {}, ["object", "value", "seen at"].map((h) => el("th", { scope: "col" }, h)))), el("tbody", {}, rows))),
    hidden ? el("p", { class: "soft" }, `and ${hidden} more, used longer ago`) : null);
}

// tasksPanel tells of each task what it is inside of, and what it did last.
function tasksPanel(execution, at) {
  const current = execution.events[at].task;
  const nest = ([call, ...inner], last) => el("ul", {}, el("li", {}, call ? [callText(call), nest(inner, last)] : last));
  return el("div", { role: "group", class: "card", "aria-label": "Where the tasks are" }, el("h2", {}, "Where the tasks are"),
    el("ul", { class: "tree" }, execution.tasks.map((name, task) => {
      const newest = execution.byTask[task][atMost(execution.byTask[task], at)];
      const event = execution.events[newest];
      const last = el("span", { class: "soft" }, event ? `${sentence(execution, event)}  ${placeText(execution, event)}` : "has not done anything");
      return el("li", {}, el("span", { class: task === current ? "current" : "" }, name), nest(execution.openAt(task, at), last));
    })));
}

// ---- The judge ---------------------------------------------------------------------

// historyPanel tells the order that the judge found, and why the next operation has no
// place in it. Stretches where nothing was tried are left out of long orders.
function historyPanel(execution, host, page) {
  const history = execution.trace.history;
  const order = history?.order || [], wrong = history?.operations?.[history.unplaced];
  if (!order.length && !wrong) return;
  host.hidden = false;
  host.className = "card";
  host.classList.toggle("fine", !wrong);
  const reasons = Map.groupBy(history.places || [], (p) => p.after);
  const item = (number, rank, style) => {
    const o = history.operations[number];
    return el("li", { class: style, "data-listed": number }, el("span", { class: "nr" }, rank),
      el("button", { class: "text", title: "Go to its call", onclick: () => page.select(execution.judged[number].from) }, o.text));
  };
  const list = el("ol", { tabindex: "0", "aria-label": "The order of operations" });
  const keep = (i) => order.length <= 24 || i < 3 || [i - 1, i, i + 1, i + 2].some((k) => reasons.has(k));
  let left = 0;
  const flush = () => { if (left) list.append(el("li", { class: "gap" }, `… ${several(left, "operation")} more`)); left = 0; };
  for (let i = 0; i <= order.length; i++) {
    for (const p of reasons.get(i) || []) {
      flush();
      list.append(el("li", { class: "reject" }, el("span", { class: "no", "aria-hidden": "true" }, "✕"), el("span", {}, `not here: ${p.reason}`)));
    }
    if (i === order.length) break;
    if (keep(i)) { flush(); list.append(item(order[i], String(i + 1), "")); } else left++;
  }
  flush();
  host.replaceChildren(el("h2", {}, wrong ? "Why no order of the operations explains it" : "The operations, in an order that explains them"));
  if (wrong) {
    host.append(el("p", { class: "verdict" }, el("strong", {}, wrong.text),
      ` finds no place. ${several(order.length, "operation")} of ${history.operations.length} can be put in this order; where it could stand, the model refuses it:`),
    list, el("p", {}, el("button", { class: "unplaced", "data-listed": history.unplaced, onclick: () => page.select(execution.judged[history.unplaced].from) }, "Go to the operation without a place")));
  } else host.append(list);
}

// ---- Header ------------------------------------------------------------------------

function header(trace, host, page) {
  const f = trace.failure;
  host.append(el("div", { class: "headline" }, el("h1", {}, trace.program || "An execution"),
    el("span", { class: f ? "class" : "class passed" }, f ? f.class : "passed")));
  if (f) {
    host.append(el("p", { class: "message" }, f.message),
      el("p", { class: "facts" }, [f.strategy && `found by ${f.strategy}, seed ${f.seed}, execution ${f.execution}`,
        `${several(f.steps, "step")}, ${several(f.preemptions, "preemption")}${f.fewest ? ", and none with fewer fails" : ""}`, f.task && `failed in ${f.task}`].filter(Boolean).join(" · ")));
    if (f.reproduce) host.append(reproduce(f.reproduce, page));
  }
  const stories = el("div", { class: "stories" });
  const story = (style, title, text, ...more) => stories.append(el("section", { class: `card story ${style}`, "aria-label": title }, el("h2", {}, title), text, ...more));
  if (f?.why?.length) story("why", "Why this is wrong", f.why.join("\n"));
  const w = trace.window;
  if (w) {
    const jumps = windowPoints(page.failing).map((p) => el("button", { onclick: () => page.select(p.at), title: p.words }, w.points?.length ? p.digit : `${p.digit} ${p.words}`));
    story("window", "The critical window", w.text, w.confirmed || w.title ? el("p", { class: "soft" }, w.confirmed || w.title) : null,
      el("div", { class: "jumps" }, jumps));
  }
  if (trace.passing) {
    story("passing", "The nearest execution that passes", `Step ${trace.passing.step}: ${trace.passing.text || "another decision"}`,
      el("div", { class: "jumps" }, el("button", { onclick: () => page.compare(true) }, "Show it beside")));
  }
  if (f?.advice) story("", "What to do", f.advice);
  if (stories.children.length) host.append(stories);
  const more = [];
  if (trace.notes?.length) more.push(el("pre", {}, trace.notes.join("\n")));
  if (f?.stack) more.push(el("pre", {}, f.stack));
  if (more.length) host.append(el("details", { class: "more" }, el("summary", {}, trace.notes?.length ? "The program" : "The stack"), more));
}

function reproduce(command, page) {
  const code = el("code", { tabindex: "0", role: "group", "aria-label": "The command that repeats it" }, command);
  const button = el("button", { onclick: copy }, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(command);
      button.textContent = "Copied";
      page.announce("The command is copied.");
    } catch { // not allowed here: it is selected, so that the usual keys copy it
      getSelection().selectAllChildren(code);
      page.announce("The command is selected.");
    }
  }
  return el("div", { class: "reproduce" }, code, button);
}

// ---- Table -------------------------------------------------------------------------

const PAGE = 100; // rows

class Table {
  constructor(page, execution, details, host) {
    Object.assign(this, { page, execution, details, host, start: NONE });
    details.addEventListener("toggle", () => this.draw(page.at));
    host.addEventListener("click", (e) => {
      const row = e.target.closest("tr[data-at]");
      if (row) page.select(Number(row.dataset.at));
    });
  }

  // print shows all rows, or as many as somebody may want to print, until it is over.
  print(on) {
    if (on) this.wasOpen = this.details.open;
    this.printing = on;
    this.details.open = on || this.wasOpen;
    this.draw(this.page.at);
  }

  // draw shows the rows around the event.
  draw(at) {
    if (!this.details.open) return;
    at = Math.min(at, this.execution.last);
    const all = this.printing;
    const start = all ? 0 : Math.floor(at / PAGE) * PAGE;
    if (start !== this.start || all) this.#fill(start, all ? Math.min(this.execution.events.length, 1000) : start + PAGE);
    this.start = all ? NONE : start;
    this.host.querySelector("tr[aria-current]")?.removeAttribute("aria-current");
    this.host.querySelector(`tr[data-at="${at}"]`)?.setAttribute("aria-current", "true");
  }

  #fill(start, end) {
    const e = this.execution, n = e.events.length;
    const rows = e.events.slice(start, end).map((event, i) => {
      const at = start + i, depth = e.openAt(event.task, at).length - (event.kind === "invoke" || event.kind === "return" ? 1 : 0);
      const sign = event.preemption ? "*" : event.switch ? ">" : "";
      return el("tr", { "data-at": at, "aria-rowindex": at + 2 }, el("td", { class: "nr" }, String(event.step)),
        el("td", { class: "sign" }, sign, sign ? el("span", { class: "unseen" }, sign === "*" ? "preemption" : "another task") : null),
        el("td", {}, e.tasks[event.task]), el("td", {}, "\u00a0".repeat(2 * Math.max(0, depth)) + sentence(e, event)), el("td", {}, placeText(e, event)));
    });
    this.host.replaceChildren(
      el("div", { class: "pages" },
        el("button", { disabled: start === 0, onclick: () => this.page.select(start - 1) }, "Earlier"),
        el("span", {}, `${start + 1} to ${Math.min(end, n)} of ${n}`),
        el("button", { disabled: end >= n, onclick: () => this.page.select(end) }, "Later")),
      el("table", { "aria-rowcount": n + 1 }, el("caption", { class: "unseen" }, "Events in their order"),
        el("thead", {}, el("tr", { "aria-rowindex": 1 }, ["step", "switch", "task", "what", "where"].map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, rows)));
  }
}

// ---- The page ----------------------------------------------------------------------

const keys = [
  ["← →", "previous and next event"], ["↑ ↓", "previous and next event of the same task"], ["Home End", "first and last event"],
  ["p n", "previous and next change of task"], ["w", "the next point of the critical window"], ["space", "play and pause"],
  ["c", "compare with the nearest passing execution"], ["+ − 0", "wider, narrower, all in sight"], ["t", "light or dark"], ["?", "this help"],
];

class Page {
  constructor(trace) {
    this.trace = trace;
    this.failing = new Execution(trace);
    this.passing = trace.passing?.trace ? new Execution(trace.passing.trace) : null;
    this.parted = NONE;
    if (this.passing) {
      const first = this.failing.events.findIndex((e) => e.step >= trace.passing.step);
      this.parted = first < 0 ? this.failing.last : first;
    }
    this.styles = new Styles();
    this.styles.collect(this.failing);
    if (this.passing) this.styles.collect(this.passing);
    this.at = 0;
    this.comparing = false;
    document.body.prepend(patterns());
    header(trace, $("header"), this);
    $("main").hidden = false;
    historyPanel(this.failing, $("history"), this);
    this.overview = new Overview(this, this.failing, $("overview"));
    this.table = new Table(this, this.failing, $("table"), $("table-body"));
    this.lanes = [new Lanes(this, this.failing, trace.failure ? "Failing execution" : "Execution", this.parted)];
    $("lanes").append(this.lanes[0].root);
    if (this.passing) {
      this.lanes.push(new Lanes(this, this.passing, `Nearest passing execution, the same up to the dashed line (step ${trace.passing.step})`, this.parted));
      this.lanes[1].root.hidden = true;
      $("lanes").append(this.lanes[1].root);
      $("compare").hidden = false;
    }
    this.#help();
    this.#listen();
    this.fit();
    this.#fromAddress() || this.select(this.#beginning());
  }

  // length is the number of events that can be stepped to.
  get length() { return Math.max(this.failing.events.length, this.comparing ? this.passing.events.length : 0); }

  // beginning is the event to show first: where the failure shows.
  #beginning() { return Number($("main").dataset.opens); }

  // select makes the event the one that everything shows.
  select(at) {
    this.at = clamp(at, 0, Math.max(0, this.length - 1));
    this.lanes[0].reveal(this.at);
    this.draw();
    this.announce(this.words());
    const address = `#event=${this.at + 1}${this.comparing ? "&compare" : ""}`;
    if (location.hash !== address) history.replaceState(null, "", address);
  }

  draw() {
    const sides = this.comparing ? [this.failing, this.passing] : [this.failing];
    for (const lanes of this.lanes) if (!lanes.root.hidden) lanes.draw();
    this.overview.draw(this.at, this.lanes[0].sight, this.words());
    const host = $("details"), across = host.clientWidth;
    const narrow = innerWidth <= 760;
    const width = this.comparing ? (narrow ? across : (across - 12) / 2) : narrow ? across : innerWidth <= 1050 ? (across - 12) / 2 : (across - 24) * 5 / 14;
    host.classList.toggle("two", this.comparing);
    const panels = sides.map((execution, i) =>
      side(["What happens", "What happens in the passing execution"][i], execution, Math.min(this.at, execution.last), this.styles, Math.max(260, Math.floor(width) - 30), this.at > execution.last, this.comparing ? this.parted : NONE));
    const rows = Math.max(...panels.map((p) => p.querySelectorAll(".card").length));
    if (this.comparing) for (const p of panels) p.style.gridRow = `span ${rows}`; // equal panels stand side by side
    host.replaceChildren(...panels);
    this.table.draw(this.at);
    const event = this.failing.events[Math.min(this.at, this.failing.last)];
    $("position").replaceChildren("event ", el("strong", {}, String(this.at + 1)), ` of ${this.length}`, event ? ` · step ${event.step}` : "");
  }

  // words are what a screen reader says about the event.
  words() {
    const at = Math.min(this.at, this.failing.last), event = this.failing.events[at];
    if (!event) return "no events";
    return [`Step ${event.step}, ${this.failing.tasks[event.task]}: ${sentence(this.failing, event)}`, ...signs(this.failing, at).map((s) => s.text)].join("; ");
  }

  announce(text) { $("announcer").textContent = text; }

  // ofTask goes to the neighbour of the event among those of its task.
  ofTask(direction) {
    const execution = this.at > this.failing.last ? this.passing : this.failing;
    const mine = execution.byTask[execution.events[this.at]?.task];
    const next = mine?.[atMost(mine, this.at) + direction];
    if (next !== undefined) this.select(next);
  }

  // toSwitch goes to the next event of another task than the one before, or back.
  toSwitch(direction) {
    const execution = this.at > this.failing.last ? this.passing : this.failing;
    const r = atMost(execution.runs, this.at, (run) => run.from);
    const here = execution.runs[r];
    const run = direction > 0 ? execution.runs[r + 1] : here?.from < this.at ? here : execution.runs[r - 1];
    if (run) this.select(run.from);
  }

  toWindow() {
    const points = windowPoints(this.failing).map((p) => p.at).sort((a, b) => a - b);
    if (points.length) this.select(points.find((at) => at > this.at) ?? points[0]);
  }

  showOperation(number) {
    const listed = document.querySelector(`#history [data-listed="${number}"]`);
    document.querySelector("#history .marked")?.classList.remove("marked");
    if (!listed) return this.select(this.failing.judged[number].from);
    listed.classList.add("marked");
    listed.scrollIntoView({ block: "center" });
    (listed.matches("button") ? listed : listed.querySelector("button")).focus({ preventScroll: true });
    this.announce(number === this.trace.history.unplaced
      ? [this.trace.history.operations[number].text + " finds no place", ...(this.trace.history.places || []).map((p) => p.reason)].join("; ")
      : this.trace.history.operations[number].text);
  }

  compare(on) {
    if (!this.passing) return;
    this.comparing = on;
    this.lanes[1].root.hidden = !on;
    $("compare").setAttribute("aria-pressed", on);
    for (const lanes of this.lanes) lanes.setColumns(this.columns);
    this.select(this.at);
    if (on) this.scrolled(this.lanes[0]);
  }

  play(on) {
    clearInterval(this.playing);
    this.playing = on ? setInterval(() => {
      if (this.at >= this.length - 1) this.play(false); else this.select(this.at + 1);
    }, 700) : 0;
    $("play").setAttribute("aria-pressed", on);
    $("play").textContent = on ? "pause" : "play";
    $("play").setAttribute("aria-label", on ? "Pause" : "Play");
  }

  // scrolled keeps the lanes of the other execution at the same events.
  scrolled(source) {
    for (const lanes of this.lanes) {
      if (lanes !== source && !lanes.root.hidden) lanes.scroller.scrollLeft = source.scroller.scrollLeft;
    }
    if (source.sight) this.overview.draw(this.at, source.sight, this.words());
  }

  zoom(columns) {
    this.columns = clamp(columns, 3, 80);
    for (const lanes of this.lanes) lanes.setColumns(this.columns);
    this.lanes[0].reveal(this.at);
    this.draw();
  }

  // fit makes everything fit in the width where marks stay apart.
  fit() { this.zoom(clamp((this.lanes[0].scroller.clientWidth - 2) / Math.max(1, this.length), 17, 44)); }

  // fromAddress selects what the page's address tells, if it tells anything.
  #fromAddress() {
    const match = /^#event=(\d+)(&compare)?$/.exec(location.hash);
    if (!match) return false;
    this.at = Number(match[1]) - 1;
    if (Boolean(match[2]) !== this.comparing) this.compare(Boolean(match[2]));
    this.select(Number(match[1]) - 1);
    return true;
  }

  theme() {
    const dark = this.#isDark();
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    this.#nameTheme();
  }

  #isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  #nameTheme() { $("theme").textContent = this.#isDark() ? "Light" : "Dark"; }

  #help() {
    const sample = (kind) => svg("svg", { viewBox: "-13 -10 26 20", class: "chart", "aria-hidden": "true" }, drawMark(kind, 0, 0));
    $("help").append(el("h2", { id: "help-title" }, "Keys and marks"), el("div", { class: "columns" },
      el("table", {}, el("caption", { class: "unseen" }, "Keys"), el("tbody", {}, keys.map(([key, text]) => el("tr", {}, el("th", { scope: "row" }, key.split(" ").flatMap((k) => [el("kbd", {}, k), " "])), el("td", {}, text))))),
      el("table", {}, el("caption", { class: "unseen" }, "Marks"), el("tbody", {}, Object.entries(markWords).map(([kind, text]) => el("tr", {}, el("th", { scope: "row" }, sample(kind), el("span", { class: "unseen" }, kind)), el("td", {}, text)))))),
    el("p", { class: "soft" }, "A box is an operation of the program, from its call to its return. Dotted lines lead to the task that goes on; an orange line with * is a preemption. The lines at the foot of a lane are the operations as the judge sees them, with numbers in the order that explains them."),
    el("p", {}, el("button", { onclick: () => $("help").close() }, "Close")));
  }

  #listen() {
    const on = (id, f) => $(id).addEventListener("click", f);
    on("first", () => this.select(0));
    on("previous", () => this.select(this.at - 1));
    on("play", () => this.play(!this.playing));
    on("next", () => this.select(this.at + 1));
    on("last", () => this.select(this.length - 1));
    on("previous-switch", () => this.toSwitch(-1));
    on("next-switch", () => this.toSwitch(1));
    on("compare", () => this.compare(!this.comparing));
    on("zoom-in", () => this.zoom(this.columns * 1.4));
    on("zoom-out", () => this.zoom(this.columns / 1.4));
    on("theme", () => this.theme());
    on("help-open", () => $("help").showModal());
    const commands = {
      ArrowLeft: () => this.select(this.at - 1), ArrowRight: () => this.select(this.at + 1),
      ArrowUp: () => this.ofTask(-1), ArrowDown: () => this.ofTask(1),
      Home: () => this.select(0), End: () => this.select(this.length - 1),
      n: () => this.toSwitch(1), p: () => this.toSwitch(-1), w: () => this.toWindow(),
      " ": () => this.play(!this.playing), c: () => this.compare(!this.comparing), t: () => this.theme(),
      "+": () => this.zoom(this.columns * 1.4), "=": () => this.zoom(this.columns * 1.4), "-": () => this.zoom(this.columns / 1.4), 0: () => this.fit(),
      "?": () => $("help").showModal(),
    };
    addEventListener("keydown", (e) => {
      const command = commands[e.key];
      if (!command || e.ctrlKey || e.metaKey || e.altKey || $("help").open) return;
      // Space presses what has the focus, if it is in sight: the button of the help just closed is not.
      if (e.key === " " && e.target.closest?.("button, summary, a")?.checkVisibility()) return;
      e.preventDefault();
      command();
    });
    addEventListener("hashchange", () => this.#fromAddress());
    addEventListener("resize", () => this.draw());
    addEventListener("beforeprint", () => this.table.print(true));
    addEventListener("afterprint", () => this.table.print(false));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#nameTheme());
    this.#nameTheme();
  }
}

new Page(JSON.parse($("trace").textContent));
})();
