// The list of sentences to check, with a preview of the selected one. Decisions wait in `ops` until the server says that
// they are stored; the whole queue is sent each time. Texts are set with textContent, never as HTML.
const RESEND_AFTER = 2500
const RESEND_AT_MOST = 20000
const WORRY_AFTER = 5000

export default function ({ data, setStateValue, parentElement }) {
  const root = parentElement.querySelector(".queue")
  const list = (root.list ??= createList(root))
  list.setStateValue = setStateValue
  attach(list)
  receive(list, data)
  return () => detach(list)
}

function createList(root) {
  const find = (selector) => root.querySelector(selector)
  const client = `queue-${[...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join("")}`
  return {
    root, find, client,
    data: null, selected: null, index: 0, since: Date.now(),
    awaited: null, ops: [], count: 0, sentAt: 0, pause: RESEND_AFTER, waitingSince: 0, done: [], problems: new Set(), saysRow: false,
    steps: null, undoing: [],
    view: { n: 0, open: null, turn: 0, name: null },
  } // prettier-ignore
}

function attach(list) {
  if (list.listening) return
  const listening = (list.listening = new AbortController())
  const on = (target, name, action, options) => target.addEventListener(name, (event) => action(list, event), { signal: listening.signal, ...options })
  on(document, "keydown", onKey, { capture: true })
  on(document, "focusin", (_, event) => watchFocus(event), { capture: true })
  on(list.root, "click", onClick)
  on(list.root, "dblclick", onDoubleClick)
  on(window, "beforeunload", (_, event) => unsaved(list) && event.preventDefault())
  list.timer = setInterval(() => watch(list), 500)
}

function detach(list) {
  list.listening?.abort()
  clearInterval(list.timer)
  list.listening = null
}

/** Take in a page of rows; the selection stays on its sentence, or on its place where that is gone. */
function receive(list, data) {
  const before = list.data
  const stored = data.acknowledged?.[list.client] ?? 0
  const left = list.ops.filter((item) => item.n > stored)
  if (left.length < list.ops.length) list.pause = RESEND_AFTER
  list.ops = left
  takeSteps(list, data.steps ?? [])
  if (!unsaved(list)) list.waitingSince = 0
  for (const problem of data.problems ?? []) refused(list, problem)
  if (before && before.person !== data.person) forget(list)
  list.data = data
  const turned = !before || before.project !== data.project || before.list !== data.list
  if (data.wish && data.wish.n > (list.wished ?? 0)) {
    list.wished = data.wish.n
    list.selected = data.wish.position
  } else if (turned) list.selected = null
  settle(list, turned)
  followAwaited(list)
  paint(list)
  if (!before && mayTakeFocus()) list.find("table").focus({ preventScroll: true })
}

/** Take in what was done to many sentences at once in the dialogs of the page; what was done before this list came is
 not among its steps. */
function takeSteps(list, steps) {
  const left = list.undoing.filter((batch) => steps.includes(batch))
  if (left.length < list.undoing.length) {
    list.pause = RESEND_AFTER
    list.saysRow = true // how many it was taken back on, the page says
  }
  list.undoing = left
  list.done = list.done.filter((item) => !item.batch || steps.includes(item.batch))
  for (const batch of steps) if (list.steps && !list.steps.includes(batch)) list.done.push({ batch })
  list.steps = steps
}

/** Select the sentence whose last step was taken back, as soon as it is in the list again. */
function followAwaited(list) {
  const index = list.data.rows.findIndex((row) => row.position === list.awaited)
  if (index < 0) return
  select(list, index, false)
  if (!waiting(list, list.data.rows[index]).length) list.awaited = null
}

/** What was done here before was done by somebody else: it is not for the person who is here now to take back. */
function forget(list) {
  list.done = []
  list.awaited = null
  say(list, "")
}

function refused(list, problem) {
  const name = `${problem.client} ${problem.n}`
  if (list.problems.has(name) || problem.client !== list.client) return
  list.problems.add(name)
  list.done = list.done.filter((item) => item.n !== problem.n)
  say(list, problem.text)
}

/** Select what is still there: the same sentence, else the first undecided one at its place or after it. */
function settle(list, turned) {
  const rows = list.data.rows
  const here = rows.findIndex((row) => row.position === list.selected)
  if (here >= 0 && !isDone(list, rows[here])) return select(list, here, false)
  const from = turned ? 0 : Math.min(here >= 0 ? here : list.index, rows.length - 1)
  const after = rows.findIndex((row, index) => index >= from && !isDone(list, row))
  select(list, after >= 0 ? after : Math.max(0, here >= 0 ? here : from), false)
}

const unsaved = (list) => list.ops.length + list.undoing.length
const waiting = (list, row) => list.ops.filter((item) => item.sentence === row.sentence)
const isAccepted = (list, row) => waiting(list, row).reduce((done, item) => (item.op.kind === "check" ? true : item.op.kind === "undo" ? false : done), row.checked)
const isFlagged = (list, row) => waiting(list, row).reduce((on, item) => (item.op.kind === "flag" ? item.op.on : on), row.flagged)
const isDone = (list, row) => !row.checked && isAccepted(list, row)
const current = (list) => list.data.rows[list.index] ?? null

function select(list, index, moved = true) {
  const row = list.data.rows[index]
  if (row && row.position !== list.selected) list.since = Date.now()
  list.index = Math.max(0, index)
  list.selected = row ? row.position : null
  if (!moved) return
  list.awaited = null
  paint(list)
  list.find("tbody").children[list.index]?.scrollIntoView({ block: "nearest" })
  sayRow(list)
}

/** Go `by` rows on; over the end of the page, ask for the next one. */
function move(list, by) {
  const { rows, start, total } = list.data
  const wanted = list.index + by
  if (wanted >= rows.length && start + rows.length < total) return turn(list, 1)
  if (wanted < 0 && start > 0) return turn(list, -1)
  if (rows.length) select(list, Math.max(0, Math.min(wanted, rows.length - 1)))
}

function turn(list, by) {
  list.view.turn = by
  send(list)
}

function accept(list) {
  const row = current(list)
  if (!row) return
  if (list.data.readonly) return say(list, list.data.readonly)
  if (isAccepted(list, row)) return say(list, `Sentence ${row.position + 1} is checked already.`), next(list)
  if (!row.ready) return say(list, `${row.unread}. Open the sentence to see what can be done.`)
  enqueue(list, row, { kind: "check" })
  say(list, `Sentence ${row.position + 1} accepted.`)
  next(list)
}

/** Go to the next sentence nobody has decided about on this page, or to the next page. */
function next(list) {
  const rows = list.data.rows
  const after = rows.findIndex((row, index) => index > list.index && !isAccepted(list, row))
  if (after >= 0) return select(list, after)
  if (list.data.start + rows.length < list.data.total && !list.ops.length) return turn(list, 1)
  paint(list) // what is accepted leaves the list, and others come up from below
}

function flag(list) {
  const row = current(list)
  if (!row) return
  if (list.data.readonly) return say(list, list.data.readonly)
  const on = !isFlagged(list, row)
  enqueue(list, row, { kind: "flag", on })
  say(list, on ? `Sentence ${row.position + 1} flagged.` : `Flag of sentence ${row.position + 1} taken off.`)
  paint(list)
}

function undo(list) {
  const last = list.done.pop()
  if (!last) return say(list, "Nothing was done here yet.")
  if (last.batch) return undoMany(list, last.batch)
  enqueue(list, last, { kind: "undo" }, false)
  list.awaited = last.position // it may come back from the server only
  say(list, `Last step on sentence ${last.position + 1} taken back.`)
  followAwaited(list)
  paint(list)
}

/** Ask for a step on many sentences to be taken back, with every message until it is no step any more. */
function undoMany(list, batch) {
  list.undoing.push(batch)
  list.waitingSince ||= Date.now()
  say(list, "Taking back what was done to many sentences at once.")
  send(list)
  paint(list)
}

function enqueue(list, row, op, undoable = true) {
  const seconds = (Date.now() - list.since) / 1000
  const { sentence, position, line, revision } = row
  const { project, method, settings } = list.data
  const item = { n: ++list.count, project, sentence, position, line, base: revision, method, settings, seconds, op }
  list.waitingSince ||= Date.now()
  list.ops.push(item)
  if (undoable) list.done.push({ sentence, position, line, revision, n: item.n })
  send(list)
}

function send(list) {
  list.view.n++
  list.sentAt = Date.now()
  list.setStateValue("sent", structuredClone({ client: list.client, ops: list.ops, view: { ...list.view, undo: list.undoing } }))
  Object.assign(list.view, { open: null, turn: 0, name: null })
}

/** Send again what is not answered, ever less often: each message makes a busy server begin its answer anew. */
function watch(list) {
  if (unsaved(list) && Date.now() - list.sentAt > list.pause) {
    list.pause = Math.min(2 * list.pause, RESEND_AT_MOST)
    send(list)
  }
  paintSaved(list)
}

function open(list) {
  const row = current(list)
  if (!row) return
  list.view.open = row.position
  send(list)
}

function askForName(list, side, entity) {
  const row = current(list)
  list.view.name = { position: row.position, start: entity.start, end: entity.end, label: entity.label }
  send(list)
}

/** Open or close the list of keys; the browser gives the focus back to where it was. */
function toggleHelp(list) {
  const help = list.find(".help")
  if (help.open) return help.close()
  const close = make("button", "", "Close ")
  close.type = "button"
  close.dataset.do = "help"
  close.append(make("kbd", "", "Esc"))
  help.replaceChildren(listOfKeys(HELP, close))
  help.showModal()
}

const DO = { accept, flag, undo, open, skip: (list) => move(list, 1), help: toggleHelp }

function onClick(list, event) {
  if (event.target.matches(".help")) return toggleHelp(list) // beside the list of keys, on the page behind it
  const button = event.target.closest("button[data-do]")
  if (button) return DO[button.dataset.do](list)
  const entity = event.target.closest("button.entity")
  if (entity) return askForName(list, "target", entity.entity)
  const line = event.target.closest("tbody tr")
  if (line) select(list, line.sectionRowIndex)
}

function onDoubleClick(list, event) {
  if (event.target.closest("tbody tr")) open(list)
}

const TYPING = "input, textarea, select, [contenteditable='true']"
const KEYS = {
  a: accept, s: DO.skip, f: flag,
  ArrowDown: (list) => move(list, 1), ArrowUp: (list) => move(list, -1),
  PageDown: (list) => move(list, 10), PageUp: (list) => move(list, -10),
  Home: (list) => select(list, 0), End: (list) => select(list, list.data.rows.length - 1),
  Enter: open, "?": toggleHelp,
} // prettier-ignore
const HELP = [
  ["Move", [
    ["\u2191 \u2193", "sentence above, below"], ["Page \u2191, Page \u2193", "ten up, ten down"],
    ["Home, End", "first, last of this page"], ["Enter", "open the sentence"],
  ]],
  ["Decide", [
    ["A", "accept, on to the next open one"], ["S", "skip"], ["F", "flag, or take the flag off"],
    ["Ctrl Z", "take back the last step made here"],
  ]],
  ["Show", [["?", "this list"], ["Esc", "close it"]]],
] // prettier-ignore

/** All keys work wherever the focus is, or none: where one types, or in a widget with keys of its own. Enter may be a
 button's or a link's. */
function onKey(list, event) {
  const target = event.composedPath()[0]
  if (list.find(".help").open) return onHelpKey(list, event)
  if (!list.data || event.altKey || event.metaKey || (event.shiftKey && event.key.length > 1)) return
  const here = isNowhere(target) || target === list.find("table")
  if (isDialogOpen() || target.closest?.(TYPING) || (!here && keepsKeys(target))) return
  if (event.ctrlKey) {
    if (event.key.toLowerCase() !== "z" || event.shiftKey) return
    return used(event), undo(list)
  }
  const isLetter = event.key.length === 1
  const action = KEYS[isLetter ? event.key.toLowerCase() : event.key]
  if (!action || (event.key === "Enter" && !here)) return
  used(event)
  if (!event.repeat || !isLetter) action(list)
}

/** Over the list of keys no other key works; Tab and Enter are the browser's. */
function onHelpKey(list, event) {
  if (event.key !== "Escape" && event.key !== "?") return
  used(event)
  if (!event.repeat) toggleHelp(list)
}

function used(event) {
  event.preventDefault()
  event.stopPropagation()
}

function say(list, text) {
  list.saysRow = false
  const said = list.find(".said")
  if (said.textContent !== text) said.textContent = text // what is written again is read out again
}

/** Say which row is selected; from then on, `paint` keeps the text to what is drawn. */
function sayRow(list) {
  const row = current(list)
  const { start, total } = list.data
  say(list, row ? `Row ${start + list.index + 1} of ${total}: sentence ${row.position + 1}` : "")
  list.saysRow = true
}
