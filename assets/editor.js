// The correction editor: source and target words, labels, links, other methods, by keyboard, mouse and touch.
// This file keeps the state and takes in what the server says; the others each do one thing (document, queue, selection,
// commands, modes, keys, pointer, forms, rows, lines, geometry, drawing, strips, bars, foot, said). They are joined into
// one script, in any order. State lives on the root node: the exported function is called again for every new data and must
// not start over.
//
// From the server, `data` (views/editor_panel.py); word indices from 0, spans half-open:
//   project, sentence, position (from 0), total, line, revision, method, settings: where we are; an edit
//     names them again
//   acknowledged {client: n}: all operations up to n are dealt with; problems [{client, n, text}]: those refused
//   source, target {name, note, language, direction, tight, gaps, words, linked, missing, why (it is missing),
//     entities: [{start, end, label, colour, score, state: auto|kept|accepted|bulk|corrected|manual, said}]}
//   links [[source, target, weight, score, by hand]], pairs [[source entity, target entity]]
//   strips [{name, entities, differs: [word], note}], candidates {source entity: [{start, end, label, score, why}]}
//   labels [{label, key, colour}], checked, flagged, note, undo, redo (possible steps), saved (time), author
//   readonly (false or why not), stale, conflict {line, author, at, text, mine, theirs: entities}, doubt [{text, tone}]
//   guidelines, title {id, about}, progress {checked, total}
//   following: the position accepting goes on with, null: none; only in a list or for who was given sentences, others
//     take the next; last: what the end of it is called ("of the list")
//   pick {side, start, end, n}, ghost: what the server would have selected; it counts if n is above view.n
//
// To the server, the one state value `sent` (projection/corrections/inbox.py):
//   client: an id of this mount; ops: all operations not acknowledged, oldest first; recovered [{client, ops}]: left over
//     from earlier pages; each {n, project, sentence, position, line, base (revision), method,
//     settings, seconds, op}
//   view {n, sentence, pick, ghost, go: the position asked for, open: "guidelines"}; n grows with every change
//   op.kind: label, remove, move, place, confirm, link, split, merge (see editor_document.js for their values), check,
//     uncheck, flag {on}, note {text}, undo, redo, resolve {line, keep}
const TURN_AT_MOST = 10000

export default function ({ data, setStateValue, parentElement }) {
  const root = parentElement.querySelector(".editor")
  const editor = (root.editor ??= createEditor(root))
  editor.setStateValue = setStateValue
  attach(editor)
  receive(editor, data)
  return () => detach(editor)
}

function createEditor(root) {
  const find = (selector) => root.querySelector(selector)
  const row = (side) => ({ cells: find(`.cells.${side}`), gutter: find(`.gutter.of-${side}`), words: [], boxes: new Map() })
  return {
    root,
    find,
    rows: { source: row("source"), target: row("target") },
    queue: createQueue(localStorage),
    view: { n: 0, sentence: null, pick: null, ghost: null, go: null, open: null },
    data: null,
    doc: null,
    geometry: null,
    cursor: { side: "target", index: 0 },
    anchor: null,
    mode: "edit",
    first: null,
    caret: 0,
    drag: null,
    hot: null,
    show: { links: false, methods: true, wrap: null, ...readShown() },
    turning: null,
    clock: { since: Date.now(), sum: 0 },
    problems: [],
    problemsSeen: new Set(),
  }
}

/** Start listening, once; a page that comes back after being taken away starts again with the same state. */
function attach(editor) {
  if (editor.listening) return
  const listening = (editor.listening = new AbortController())
  const on = (target, name, action, options) =>
    target.addEventListener(name, (event) => action(editor, event), { signal: listening.signal, ...options })
  on(document, "keydown", onKey, { capture: true })
  on(document, "visibilitychange", keepTime)
  on(document, "pointerdown", noticeLeaving, { capture: true })
  on(document, "focusin", noticeLeaving)
  on(document, "focusin", (_, event) => watchFocus(event), { capture: true })
  on(document, "copy", onCopy)
  on(window, "beforeunload", beforeUnload)
  on(window, "online", checkQueue)
  on(window, "offline", checkQueue)
  on(editor.root, "click", onClick)
  on(editor.root, "submit", onSubmit)
  on(editor.root, "input", onInput)
  on(editor.root, "focusin", onFocus)
  listenToPointer(editor, on)
  editor.observer = new ResizeObserver(() => resized(editor))
  editor.observer.observe(editor.find(".panel"))
  editor.timer = setInterval(() => checkQueue(editor), 500)
  document.fonts?.ready.then(() => fontsArrived(editor))
}

/** Widths measured with another font are wrong. */
function fontsArrived(editor) {
  const late = Boolean(editor.painted)
  editor.widths = editor.family = editor.shape = null
  if (late) layout(editor)
}

function detach(editor) {
  editor.listening?.abort()
  editor.observer?.disconnect()
  clearInterval(editor.timer)
  clearTimeout(editor.viewTimer)
  editor.listening = null
}

/** Take in the server's data: forget what it has stored, put what it has not on top of it, and draw. */
function receive(editor, data) {
  const before = editor.data
  acknowledge(editor, data)
  const turned = !before || before.project !== data.project || before.sentence !== data.sentence
  if (!turned && isEcho(before, data)) return paintBars(editor)
  const followed = turned ? null : pickedEntity(editor)
  editor.data = data
  const asked = turned && Boolean(editor.turning)
  settleTurning(editor, turned, data)
  editor.doc = waiting(editor, data).reduce(applyOperation, documentOf(data))
  checkSaid(editor, turned)
  if (turned) openSentence(editor, data)
  else followWish(editor, data)
  if (asked) rest(editor, AFTER_TURN) // the rest of the page follows when this is on the screen
  if (followed && !pickedEntity(editor)) followEntity(editor, followed)
  keepInside(editor)
  paint(editor, true)
}

/** An answer to an older message that comes late: of the same version of the sentence, but before what is shown. */
const isEcho = (shown, data) => shown.line === data.line && data.revision < shown.revision

function openSentence(editor, data) {
  const doubtful = editor.doc.target.entities.find((entity) => entity.state === "auto") ?? editor.doc.target.entities[0]
  const pick = data.pick ?? (doubtful ? { side: "target", start: doubtful.start, end: doubtful.end } : null)
  const side = editor.doc.target.words.length ? "target" : "source"
  Object.assign(editor, { mode: "edit", first: null, drag: null, hot: null, anchor: null, clock: { since: Date.now(), sum: 0 } })
  editor.cursor = pick ? { side: pick.side, index: pick.start } : { side, index: 0 }
  Object.assign(editor.view, { sentence: data.sentence, pick: pick && spanOf(pick), ghost: data.ghost ?? null, open: null })
  editor.view.n = Math.max(editor.view.n + 1, data.pick?.n ?? 0)
  editor.scrollPending = true
  editor.find(".scroller").scrollTo(0, 0)
  editor.focusPending = editor.opened ? hasFocus(editor) : mayTakeFocus() && "arriving"
  editor.opened = true
  closeForms(editor)
}

/** The server may choose a span, say after a click in a table, unless the person has moved on since. */
function followWish(editor, data) {
  if (!data.pick || data.pick.n <= editor.view.n) return
  editor.cursor = { side: data.pick.side, index: data.pick.start }
  Object.assign(editor, { anchor: null })
  Object.assign(editor.view, { n: data.pick.n, pick: spanOf(data.pick), ghost: data.ghost ?? null })
}

/** The selected label is elsewhere in the answer, say after a link was changed: go with it. */
function followEntity(editor, { start, end, label }) {
  const { side } = editor.view.pick
  const near = editor.doc[side].entities.filter((entity) => overlaps(entity, start, end))
  const moved = near.find((entity) => entity.label === label) ?? near[0]
  if (!moved) return
  editor.view.pick = { side, start: moved.start, end: moved.end }
  editor.cursor = { side, index: Math.min(Math.max(editor.cursor.index, moved.start), moved.end - 1) }
  viewChanged(editor)
}

const spanOf = ({ side, start, end }) => ({ side, start, end })

/** After the words changed, what is selected must still exist. */
function keepInside(editor) {
  const { doc, cursor, view } = editor
  const last = doc[cursor.side].words.length - 1
  if (cursor.index > last) editor.cursor = { side: cursor.side, index: Math.max(0, last) }
  if (view.pick && view.pick.end > doc[view.pick.side].words.length) Object.assign(view, { pick: null, ghost: null })
  if (view.ghost !== null && view.ghost >= candidatesFor(editor).length) view.ghost = null
}

/** Once the person is busy elsewhere on the page, the focus is not taken back. */
function noticeLeaving(editor, event) {
  if (!event.composedPath().includes(editor.root)) editor.hadFocus = false
}

/** Copy the selected words, which the browser cannot select since dragging selects for us. */
function onCopy(editor, event) {
  const { pick } = editor.view
  if (!pick || !hasFocus(editor) || isTyping(event.composedPath()[0]) || String(document.getSelection())) return
  event.clipboardData.setData("text/plain", textOf(editor.doc[pick.side], pick))
  event.preventDefault()
  say(editor, `${saidSpan(editor, pick.side, pick)} copied.`)
}

/** Record an edit, show it at once, and say it; returns false where nothing may be changed. */
function edit(editor, op, said) {
  if (editor.data.readonly) return say(editor, editor.data.readonly, "warn")
  enqueue(editor, op)
  editor.doc = applyOperation(editor.doc, op)
  if (editor.view.ghost !== null) Object.assign(editor.view, { ghost: null, n: editor.view.n + 1 })
  keepInside(editor)
  say(editor, said, "", resultOf(op))
  repaint(editor)
  return true
}

/** Draw once before the next frame, however many keys were pressed. */
function repaint(editor) {
  if (editor.frame) return
  editor.frame = requestAnimationFrame(() => paint(editor))
}

// going to another sentence -----------------------------------------------------------------------------

function goTo(editor, position) {
  if (position < 0 || position >= editor.data.total)
    return say(editor, position < 0 ? "This is the first sentence." : "This was the last sentence.")
  editor.turning = { since: Date.now(), asked: [...(editor.turning?.asked ?? []), position] }
  editor.view.go = position
  viewChanged(editor, true)
  closeForms(editor)
  say(editor, `Sentence ${position + 1} is on its way.`)
  repaint(editor)
}

/** The sentence asked for is here, or somebody else chose another one. */
function settleTurning(editor, turned, data) {
  if (!editor.turning) {
    if (turned && editor.opened) viewChanged(editor) // turned by another part of the page: what was asked here is past
    return
  }
  const between = turned && editor.turning.asked.includes(data.position) && data.position !== editor.view.go
  if ((!turned && data.position !== editor.view.go) || between) return
  editor.turning = null
  editor.view.go = null
  say(editor, `Sentence ${data.position + 1} of ${data.total}.`)
}

function checkTurning(editor) {
  if (!editor.turning || Date.now() - editor.turning.since < TURN_AT_MOST) return
  editor.turning = null
  editor.view.go = null
  say(editor, "The other sentence has not come. You can go on here, or try again.", "warn")
  repaint(editor)
}

// time a sentence was open in front of the person -------------------------------------------------------

function keepTime(editor) {
  const { clock } = editor
  if (document.hidden) Object.assign(clock, { sum: secondsOpen(editor), since: null })
  else Object.assign(clock, { since: Date.now() })
}

/** Seconds this sentence has been in front of the person, not counting hidden tabs and clocks set back. */
function secondsOpen({ clock }) {
  const running = clock.since === null ? 0 : Math.max(0, Date.now() - clock.since) / 1000
  return Math.round((clock.sum + running) * 10) / 10
}
