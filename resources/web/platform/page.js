// The page of a platform: signs in to watch, asks /v1/desks every 5 s and shows it. Text only ever becomes text.

import { WORDS } from "./words.js";

const EVERY = 5000;
const SILENT = 300;
const BACKLOG = 60;
// A desk says how far it is when it asks for more, every 30 s at least: one page behind is not late yet.
const LATE = 60;
const PAGE = 1000;
const MARKS = { error: "●", silent: "▲", backlog: "■", behind: "◆", online: "" };
const WORST = ["error", "silent", "backlog", "behind", "online"];

const $ = (id) => document.getElementById(id);
let lang = localStorage.getItem("lang") === "en" ? "en" : "zh";
let token = sessionStorage.getItem("token") || "";
let realm = "live";
let shown = null; // the last answer
let trouble = null; // what stands in the way of a newer one: [word, arguments]
let wrong = null;
let timer = 0;
let asking = 0; // which question is the latest

function say(word, args = {}) {
  const text = WORDS[lang][word] ?? word;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

const label = (both) => both[lang];
const seconds = (from, to) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

function ago(from, to) {
  const s = Math.floor(seconds(from, to));
  if (s < 2) return say("now");
  if (s < 120) return say("seconds", { n: s });
  if (s < 7200) return say("minutes", { n: Math.floor(s / 60) });
  if (s < 172800) return say("hours", { n: Math.floor(s / 3600) });
  return say("days", { n: Math.floor(s / 86400) });
}

function clock(at, withDay = false) {
  const day = withDay ? { month: "2-digit", day: "2-digit" } : {};
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  return new Date(at).toLocaleString(lang === "en" ? "en-GB" : "zh-CN", { ...day, ...time });
}

function node(tag, { text = "", title = "", kind = "", name = "" } = {}, ...children) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (title) made.title = title;
  if (kind) made.className = kind;
  if (name) made.dataset.label = name; // what a narrow screen shows in place of the column's head
  made.append(...children);
  return made;
}

function stateOf(desk, now) {
  if (desk.error) return "error";
  if (seconds(desk.seen_at, now) > SILENT) return "silent";
  if (desk.pending && desk.pending_since && seconds(desk.pending_since, now) > BACKLOG) return "backlog";
  const late = desk.lag > PAGE || (desk.lag && seconds(desk.seen_at, now) > LATE);
  return late ? "behind" : "online";
}

function deskRow(desk, now) {
  const state = stateOf(desk, now);
  const user = desk.user_name ? label(desk.user_name) : say("gone_user", { user: desk.user });
  const waits = desk.pending
    ? desk.pending_since
      ? say("waits", { n: desk.pending, ago: ago(desk.pending_since, now) })
      : String(desk.pending)
    : "0";
  const mark = MARKS[state] ? `${MARKS[state]} ` : "";
  return node(
    "tr",
    {},
    node("td", { kind: `state ${state}`, text: mark + say("state_" + state), name: say("how") }),
    node("th", { kind: "mono", text: desk.device, name: say("desk") }),
    node("td", { text: user, title: desk.user, name: say("user") }),
    node("td", {
      text: desk.scopes.map((scope) => label(scope.name)).join(lang === "zh" ? "、" : ", "),
      title: desk.scopes.map((scope) => scope.path).join("\n"),
      name: say("scopes"),
    }),
    node("td", { text: ago(desk.seen_at, now), title: clock(desk.seen_at, true), name: say("seen") }),
    node("td", { kind: "number", text: String(desk.cursor), name: say("cursor") }),
    node("td", { kind: "number", text: String(desk.lag), name: say("lag") }),
    node("td", { kind: "number", text: waits, name: say("pending") }),
    node("td", { kind: "number", text: String(desk.version), name: say("version") }),
    node("td", { text: desk.error ? label(desk.error.text) : "–", title: desk.error?.code, name: say("error") }),
  );
}

function refusalRow(one) {
  return node(
    "tr",
    {},
    node("td", { text: clock(one.at, true), name: say("at") }),
    node("th", { kind: "mono", text: one.device, name: say("desk") }),
    node("td", { text: one.user, name: say("user") }),
    node("td", { kind: "mono", text: one.operation, name: say("operation") }),
    node("td", { text: label(one.why.text), title: one.why.code, name: say("why") }),
  );
}

function breachRow(one) {
  return node(
    "tr",
    {},
    node("td", { text: clock(one.at, true), name: say("at") }),
    node("th", { kind: "mono", text: one.device, name: say("device") }),
    node("td", { kind: "number", text: String(one.number), name: say("number") }),
    node("td", { kind: "mono", text: one.entry, name: say("entry") }),
  );
}

function fill(id, rows) {
  const table = $(id);
  for (const row of rows) row.querySelector("th").scope = "row";
  table.tBodies[0].replaceChildren(...rows);
  table.parentElement.hidden = rows.length === 0;
  table.parentElement.nextElementSibling.hidden = rows.length > 0;
}

function figure(word, value, kind = "") {
  return node("div", { kind }, node("dt", { text: say(word) }), node("dd", { text: String(value) }));
}

function showRealm(now, state) {
  const states = new Map(state.desks.map((desk) => [desk, stateOf(desk, now)]));
  const order = [...state.desks].sort(
    (a, b) => WORST.indexOf(states.get(a)) - WORST.indexOf(states.get(b)) || (a.device < b.device ? -1 : 1),
  );
  const online = state.desks.filter((desk) => seconds(desk.seen_at, now) <= SILENT).length;
  const waiting = state.desks.reduce((sum, desk) => sum + desk.pending, 0);
  $("figures").replaceChildren(
    figure("online", `${online} / ${state.desks.length}`, online < state.desks.length ? "silent" : ""),
    figure("head", state.head),
    figure("rate", state.rate),
    figure("backlog", waiting),
    figure("refused", state.refused, state.refused ? "backlog" : ""),
    figure("broken", state.breaches.length, state.breaches.length ? "error" : ""),
  );
  fill("desks", order.map((desk) => deskRow(desk, now)));
  fill("refusals", state.refusals.map(refusalRow));
  fill("breaches", state.breaches.map(breachRow));
}

function showRealms() {
  const focused = document.activeElement?.dataset?.realm;
  $("realms").replaceChildren(
    ...shown.realms.map((one) => {
      const button = node("button", { text: one.realm === "live" ? say("live") : say("drill", { name: one.realm }) });
      button.dataset.realm = one.realm;
      button.setAttribute("aria-pressed", String(one.realm === realm));
      button.onclick = () => {
        realm = one.realm;
        show();
      };
      return button;
    }),
  );
  if (focused) $("realms").querySelector(`[data-realm="${focused}"]`)?.focus();
}

function show() {
  document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
  document.title = say("title");
  for (const one of document.querySelectorAll("[data-word]")) one.textContent = say(one.dataset.word);
  for (const one of document.querySelectorAll("[data-name]")) one.setAttribute("aria-label", say(one.dataset.name));
  $("lang").textContent = say("other");
  $("lang").lang = lang === "en" ? "zh-CN" : "en";
  $("enter").hidden = Boolean(token);
  $("leave").hidden = !token;
  $("wrong").textContent = wrong ? say(...wrong) : "";
  const banner = trouble ? say(...trouble) : "";
  if ($("banner").textContent !== banner) $("banner").textContent = banner; // said once, not every 5 s
  $("banner").hidden = !banner;
  const there = Boolean(token && shown);
  $("state").hidden = !there;
  $("state").classList.toggle("old", Boolean(trouble));
  $("fresh").textContent = there ? say("updated", { time: clock(shown.now) }) : "";
  $("who").textContent = there ? label(shown.user_name) : "";
  $("version").textContent = there ? say("platform_version", { version: shown.version }) : "";
  if (!there) {
    $("realms").replaceChildren();
    return;
  }
  const state = shown.realms.find((one) => one.realm === realm) ?? shown.realms[0];
  realm = state.realm;
  showRealms();
  showRealm(shown.now, state);
}

function leave(why = null) {
  sessionStorage.removeItem("token");
  [token, shown, trouble, wrong] = ["", null, null, why];
  clearTimeout(timer);
  show();
  $("user").focus();
}

const codeOf = (body) => (typeof body?.code === "string" ? `, ${body.code}` : "");

async function ask() {
  clearTimeout(timer);
  const mine = ++asking;
  const time = shown ? clock(shown.now) : "–";
  try {
    const answer = await fetch("v1/desks", { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
    const body = await answer.json().catch(() => null);
    if (mine !== asking || !token) return;
    if (answer.status === 401) return leave(["ended"]);
    if (answer.status === 403) return leave(["forbidden"]);
    if (answer.ok && body) [shown, trouble] = [body, null];
    else trouble = ["failed", { status: answer.status, code: codeOf(body), time }];
  } catch {
    if (mine !== asking || !token) return;
    trouble = shown ? ["away", { time }] : ["away_first"];
  }
  show();
  if (!document.hidden) timer = setTimeout(ask, EVERY);
}

$("enter").onsubmit = async (event) => {
  event.preventDefault();
  const button = $("enter").querySelector("button");
  button.disabled = true;
  wrong = null;
  try {
    const answer = await fetch("v1/watch", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: $("user").value.trim(), password: $("password").value }),
    });
    const body = await answer.json().catch(() => null);
    if (answer.ok && body) {
      token = body.token;
      sessionStorage.setItem("token", token);
      $("enter").reset();
    } else if (body?.code?.startsWith("login_") && body.code in WORDS[lang]) wrong = [body.code, body.args];
    else wrong = ["login_failed", { status: answer.status, code: codeOf(body) }];
  } catch {
    wrong = ["away_first"];
  }
  button.disabled = false;
  show();
  if (token) ask();
  else $("password").focus();
};

$("leave").onclick = () => {
  fetch("v1/watch", { method: "DELETE", headers: { Authorization: `Bearer ${token}` } }).catch(() => {});
  leave();
};

$("lang").onclick = () => {
  lang = lang === "en" ? "zh" : "en";
  localStorage.setItem("lang", lang);
  show();
};

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && token) ask();
});

show();
if (token) ask();
else $("user").focus();
