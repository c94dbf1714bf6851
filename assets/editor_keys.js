// Which key does what, in which mode; the same tables fill the overlay of all keys.
const GOING = {
  "Ctrl+ArrowLeft": "previous", "Ctrl+ArrowRight": "next",
  "Ctrl+z": "undo", "Ctrl+Shift+z": "redo", "Ctrl+y": "redo", "Ctrl+s": "saved",
  "?": "help", Escape: "leave", v: "links", d: "methods", w: "wrap",
  "Alt+ArrowLeft": "none", "Alt+ArrowRight": "none", // else the browser would go back
}
const MOVING = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "other", ArrowDown: "other" }
const EDIT_KEYS = {
  ...GOING, ...MOVING,
  "Shift+ArrowLeft": "extendLeft", "Shift+ArrowRight": "extendRight", " ": "narrow",
  Tab: "nextSpan", "Shift+Tab": "previousSpan",
  "0": "remove", Delete: "remove", Backspace: "remove", x: "reject", y: "confirm",
  "[": "startOut", "{": "startIn", "]": "endOut", "}": "endIn",
  "Alt+ArrowLeft": "leftOut", "Alt+Shift+ArrowLeft": "leftIn", "Alt+ArrowRight": "rightOut", "Alt+Shift+ArrowRight": "rightIn",
  c: "candidate", "Shift+c": "candidateBack", Enter: "use", u: "use", g: "link", t: "token", "/": "search",
  a: "accept", s: "skip", f: "flag", n: "note", h: "guidelines",
}
const LINK_KEYS = { ...GOING, ...MOVING, Enter: "linkHere", g: "linkHere", " ": "linkStay" }
const TOKEN_KEYS = { ...GOING, ...MOVING, Enter: "split", " ": "split", m: "merge", t: "token" }
const KEYS = { edit: EDIT_KEYS, link: LINK_KEYS, token: TOKEN_KEYS }
/** Keys that work again and again while they are held down. */
const REPEATING = new Set(
  ["left", "right", "extendLeft", "extendRight", "other", "nextSpan", "previousSpan", "candidate", "undo", "redo"],
)
/** Keys that belong to whatever has the focus, when that is not the sentence. */
const NATIVE = new Set(["Enter", " ", "Tab", "Shift+Tab"])

const HELP = [
  ["Move", [
    ["\u2190 \u2192", "word to the left, right"], ["\u2191 \u2193", "other sentence, to the partner"],
    ["Tab, \u21e7 Tab", "next, previous label"], ["Ctrl \u2190, Ctrl \u2192", "previous, next sentence"],
  ]],
  ["Select", [
    ["\u21e7 \u2190, \u21e7 \u2192", "more or fewer words"], ["Space", "one word of a label, or all of it"],
    ["Esc", "back out"],
  ]],
  ["Label", [
    ["1 to 9", "the labels in this order"], ["/", "search a label"], ["Del, 0", "take the label off"],
    ["X", "reject, on to the next automatic one"], ["Y", "accept, on to the next automatic one"],
  ]],
  ["Borders", [
    ["[, ]", "start, end one word outward"], ["\u21e7 [, \u21e7 ]", "the same inward"],
    ["Alt \u2190, Alt \u2192", "left, right border outward"], ["Alt \u21e7 \u2190, Alt \u21e7 \u2192", "the same inward"],
  ]],
  ["Candidates", [
    ["C, \u21e7 C", "preview the next, the one before"], ["Enter, U", "use it"],
  ]],
  ["Links", [
    ["G", "from this word; move; G or Enter links, Space links and stays"], ["V", "show all links"],
  ]],
  ["Words", [
    ["T", "split tokens: arrows move the mark"], ["Enter, M", "there: split here, join with the next"],
  ]],
  ["Sentence", [
    ["A", "accept and next"], ["S", "skip"], ["F", "flag"], ["N", "note"], ["Ctrl Z, \u21e7 Ctrl Z", "undo, redo"],
  ]],
  ["Show", [
    ["D", "other methods"], ["W", "wrap lines"], ["H", "guidelines"], ["?", "this list"],
  ]],
]

/** Write a key press as in the tables above; a letter on a keyboard of another script counts by its place. */
function keyName(event) {
  let { key } = event
  if (/^[^\x20-\x7e]$/u.test(key) || key === "Process" || key === "Unidentified") {
    const placed = {
      BracketLeft: event.shiftKey ? "{" : "[",
      BracketRight: event.shiftKey ? "}" : "]",
      Slash: event.shiftKey ? "?" : "/",
    }
    key = /^Key[A-Z]$/.test(event.code) ? event.code[3] : (placed[event.code] ?? key)
  }
  if ("[]{}?/".includes(key)) return event.metaKey ? "" : key // AltGr types these on many keyboards
  const control = event.ctrlKey || event.metaKey
  if (/^[A-Z]$/.test(key)) key = key.toLowerCase()
  const shift = event.shiftKey && (key.length > 1 || /^[a-z]$/.test(key))
  return [control && "Ctrl", event.altKey && "Alt", shift && "Shift", key].filter(Boolean).join("+")
}

function onKey(editor, event) {
  if (!editor.data || event.isComposing || event.defaultPrevented) return
  const target = event.composedPath()[0]
  if (isTyping(target)) return onFieldKey(editor, event)
  if (isDialogOpen()) return
  const name = keyName(event)
  const command = editor.find(".help").open ? helpCommand(name) : commandFor(editor, name, target)
  if (!command) return
  event.preventDefault()
  event.stopPropagation()
  if (event.repeat && !REPEATING.has(command.name) && !/Out$|In$/.test(command.name)) return
  run(editor, command.name, command.label)
}

const helpCommand = (name) =>
  ["Escape", "?", "Enter"].includes(name)
    ? { name: "help" }
    : NATIVE.has(name) || name.startsWith("Alt+Arrow")
      ? { name: "none" }
      : null

function commandFor(editor, name, target) {
  const place = whereFocusIs(editor, target)
  if (place === "elsewhere" && (keepsKeys(target) || (name === "Escape" && !canLeave(editor)))) return null
  if (place !== "sentence" && NATIVE.has(name)) return null
  if (name === "Tab" && !neighbourSpan(editor, 1)) return null
  if (name === "Shift+Tab" && !neighbourSpan(editor, -1)) return null
  if (editor.mode !== "edit" && NATIVE.has(name) && /Tab/.test(name)) return null
  const label = editor.mode === "edit" && labelFor(editor, name)
  if (label) return { name: "label", label }
  const command = KEYS[editor.mode][name]
  return command ? { name: command } : null
}

/** The label a key stands for: its own one; the digits count the labels where they are nobody's key. */
function labelFor(editor, name) {
  const { labels } = editor.doc
  const own = labels.find((item) => item.key === name && isFree(name))
  return own?.label ?? (/^[1-9]$/.test(name) ? labels[name - 1]?.label : undefined)
}

/** The key that gives a label, or "" where only the search does. */
function keyOfLabel({ doc: { labels } }, item, index) {
  if (item.key && isFree(item.key)) return item.key
  return index < 9 && !labels.some((other) => other.key === String(index + 1)) ? String(index + 1) : ""
}

/** A key of the table above is no label's; W may be, since its button is enough. */
const isFree = (key) => key === "w" || !EDIT_KEYS[key]

function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (target.matches("input, textarea, select") &&
        !target.matches("input[type=checkbox], input[type=radio], input[type=button], input[type=range]")))
  )
}

/** In the sentence (or nowhere), on one of our buttons, or elsewhere on the page. */
function whereFocusIs(editor, target) {
  if (!hasFocus(editor)) return "elsewhere"
  return target.closest?.("button, a[href], summary") ? "button" : "sentence"
}

function hasFocus(editor) {
  const home = editor.root.getRootNode()
  const active = document.activeElement
  return isNowhere(active) || active === home.host || editor.root.contains(active)
}
