// What the keys and buttons do: one function per command, named as in editor_keys.js and on the buttons.
const COMMANDS = {
  left: (editor) => (editor.mode === "token" ? moveCaret(editor, "left") : step(editor, "left")),
  right: (editor) => (editor.mode === "token" ? moveCaret(editor, "right") : step(editor, "right")),
  extendLeft: (editor) => extend(editor, "left"),
  extendRight: (editor) => extend(editor, "right"),
  other: switchSide,
  nextSpan: (editor) => choose(editor, neighbourSpan(editor, 1)),
  previousSpan: (editor) => choose(editor, neighbourSpan(editor, -1)),
  narrow,
  remove: removeLabel,
  reject: (editor) => removeLabel(editor) && nextAutomatic(editor),
  confirm: confirmSpan,
  startOut: (editor) => resizePick(editor, "start", -1),
  startIn: (editor) => resizePick(editor, "start", 1),
  endOut: (editor) => resizePick(editor, "end", 1),
  endIn: (editor) => resizePick(editor, "end", -1),
  leftOut: (editor) => resizePick(editor, edgeAt(editor, "left"), isRightToLeft(editor, editor.cursor.side) ? 1 : -1),
  leftIn: (editor) => resizePick(editor, edgeAt(editor, "left"), isRightToLeft(editor, editor.cursor.side) ? -1 : 1),
  rightOut: (editor) => resizePick(editor, edgeAt(editor, "right"), isRightToLeft(editor, editor.cursor.side) ? -1 : 1),
  rightIn: (editor) => resizePick(editor, edgeAt(editor, "right"), isRightToLeft(editor, editor.cursor.side) ? 1 : -1),
  candidate: (editor) => cycleCandidates(editor, 1),
  candidateBack: (editor) => cycleCandidates(editor, -1),
  use: useCandidate,
  link: startLink,
  linkHere: (editor) => toggleLink(editor) && leave(editor),
  linkStay: toggleLink,
  token: (editor) => (editor.mode === "token" ? leave(editor) : startTokens(editor)),
  split: splitHere,
  merge: mergeHere,
  undo: (editor) => stepBack(editor, "undo"),
  redo: (editor) => stepBack(editor, "redo"),
  accept: acceptSentence,
  uncheck: (editor) => edit(editor, { kind: "uncheck" }, "The sentence has to be checked again."),
  skip: (editor) => goTo(editor, (editor.view.go ?? editor.data.position) + 1),
  next: (editor) => goTo(editor, (editor.view.go ?? editor.data.position) + 1),
  previous: (editor) => goTo(editor, (editor.view.go ?? editor.data.position) - 1),
  flag: (editor) => edit(editor, { kind: "flag", on: !editor.doc.flagged }, editor.doc.flagged ? "No flag any more." : "Flagged."),
  note: openNote,
  search: openLabels,
  guidelines: openGuidelines,
  links: (editor) => toggle(editor, "links", "All links are shown.", "Only the links of labels are shown."),
  methods: (editor) => toggle(editor, "methods", "Other methods are shown.", "Other methods are hidden."),
  wrap: toggleWrap,
  help: toggleHelp,
  saved: (editor) => say(editor, waitingCount(editor.queue) ? savedText(editor).text : "Everything is saved already."),
  leave,
  keepMine: (editor) => resolve(editor, true),
  keepStored: (editor) => resolve(editor, false),
  none: () => {},
  dismiss: (editor) => (editor.problems.splice(0), paintBars(editor)),
}
/** Commands that only look or go elsewhere; the others wait while the next sentence is on its way. */
const ALWAYS = new Set(["none", "next", "previous", "skip", "help", "saved", "leave", "dismiss", "links", "methods", "wrap"])

function run(editor, name, detail) {
  if (!editor.data) return
  if (editor.turning && !ALWAYS.has(name))
    return say(editor, `Sentence ${editor.view.go + 1} is on its way: this key was not used.`, "warn")
  if (name === "label") labelPick(editor, detail)
  else COMMANDS[name](editor)
}

// labels ------------------------------------------------------------------------------------------------

function labelPick(editor, label) {
  const { pick } = editor.view
  if (!pick) return say(editor, "Select words first: arrow keys, or Tab for the next label.")
  const { side, start, end } = pick
  const entity = pickedEntity(editor)
  const words = saidSpan(editor, side, pick)
  if (entity?.label === label) {
    if (entity.state === "auto" && side === "target")
      return edit(editor, { kind: "confirm", start, end }, `${label} on ${words} accepted.`)
    return say(editor, `${words} is ${label} already.`, "", resultOf({ kind: "label", side, start, end }))
  }
  const gone = editor.doc[side].entities.filter((other) => other !== entity && overlaps(other, start, end))
  const lost = gone.map((other) => ` ${other.label} on ${saidSpan(editor, side, other)} went.`).join("")
  edit(editor, { kind: "label", side, start, end, label }, `${label} on ${words}.${lost}`)
}

function removeLabel(editor) {
  const { pick } = editor.view
  const entity = pickedEntity(editor)
  if (!entity) return say(editor, "No label is selected: Tab goes to the next one.")
  const { side, start, end } = pick
  return edit(editor, { kind: "remove", side, start, end }, `${entity.label} taken off ${saidSpan(editor, side, pick)}.`)
}

function confirmSpan(editor) {
  const entity = pickedEntity(editor)
  if (!entity || editor.view.pick.side !== "target") return say(editor, "Select a label of the lower sentence to accept it.")
  const words = saidSpan(editor, "target", entity)
  const op = { kind: "confirm", start: entity.start, end: entity.end }
  if (entity.state !== "auto") say(editor, `${entity.label} on ${words} is ${entity.said} already.`, "", resultOf(op))
  else if (!edit(editor, op, `${entity.label} on ${words} accepted.`)) return
  if (nextAutomatic(editor)) return
  const said = `${editor.find(".said").textContent} No automatic label is left: A checks the sentence.`
  say(editor, said, "", resultOf(op))
}

const edgeAt = (editor, way) => ((way === "left") === !isRightToLeft(editor, editor.cursor.side) ? "start" : "end")

/** Move one border of the selection by `by` words; of a label if one is selected. */
function resizePick(editor, edge, by) {
  const { pick } = editor.view
  if (!pick) return say(editor, "Select words first: arrow keys, or Tab for the next label.")
  const to = { ...pick, [edge]: pick[edge] + by }
  if (to.start >= to.end) return say(editor, "One word is left: Delete takes the label off.")
  resizeTo(editor, to)
}

function resizeTo(editor, to) {
  const { side, start, end } = editor.view.pick
  const row = editor.doc[side]
  if (!isInside(row, to.start, to.end)) return say(editor, "The sentence ends here.")
  const entity = pickedEntity(editor)
  const blocked = entity && row.entities.find((other) => other !== entity && overlaps(other, to.start, to.end))
  if (blocked) {
    const said = `${blocked.label} on ${saidSpan(editor, side, blocked)} is in the way: shrink or delete it first.`
    return say(editor, said, "warn", resultOf({ kind: "label", side, start: blocked.start, end: blocked.end }))
  }
  const op = { kind: "move", side, start, end, to: [to.start, to.end] }
  if (entity && !edit(editor, op, `${entity.label} is now ${saidSpan(editor, side, to)}.`)) return
  choose(editor, { side, start: to.start, end: to.end })
}

// candidates --------------------------------------------------------------------------------------------

function cycleCandidates(editor, way) {
  const candidates = candidatesFor(editor)
  const index = sourceIndex(editor)
  if (index === null) return say(editor, "Select a label that came from the source first: Tab goes to the next one.")
  if (!candidates.length) {
    const words = saidSpan(editor, "source", editor.doc.source.entities[index])
    return say(editor, `No candidate for ${words}. Link its words with G, or select the words yourself.`)
  }
  const placed = placedEntity(editor)
  const isPlaced = (item) => placed && item.start === placed.start && item.end === placed.end && item.label === placed.label
  let ghost = editor.view.ghost
  for (let tries = 0; tries <= candidates.length; tries++) {
    ghost = ghost === null ? (way > 0 ? 0 : candidates.length - 1) : ghost + way
    if (ghost < 0 || ghost >= candidates.length) ghost = null
    if (ghost === null || !isPlaced(candidates[ghost])) break
  }
  editor.view.ghost = ghost
  viewChanged(editor)
  say(
    editor,
    ghost === null
      ? "No candidate is previewed."
      : `${ghostText(candidates[ghost], ghost)}: ${saidSpan(editor, "target", candidates[ghost])}. ${candidates[ghost].why ?? ""}`,
    "",
    (doc) => [doc.candidates, doc.target.words],
  )
  repaint(editor)
}

const ghostText = ({ label, score }, index) => [`#${index + 1} ${label}`, score].filter(Boolean).join(", ")

function useCandidate(editor) {
  const candidate = candidatesFor(editor)[editor.view.ghost]
  if (!candidate) return say(editor, "No candidate is previewed: C shows the next one.")
  const placed = placedEntity(editor)
  const { start, end, label } = candidate
  const op = { kind: "place", start: placed?.start ?? null, end: placed?.end ?? null, to: [start, end], label }
  if (edit(editor, op, `${label} is now on ${saidSpan(editor, "target", candidate)}.`))
    choose(editor, { side: "target", start, end })
}

// the sentence ------------------------------------------------------------------------------------------

function acceptSentence(editor) {
  if (!editor.doc.target.words.length) return say(editor, "There is no translation to check yet.", "warn")
  if (editor.data.conflict) return say(editor, "There are two versions: choose one above first.", "warn")
  if (!editor.doc.checked && !edit(editor, { kind: "check" }, "Checked.")) return
  const { position, total, following = position + 1 < total ? position + 1 : null } = editor.data
  const last = editor.data.last ?? ("following" in editor.data ? "of your sentences" : "sentence")
  if (following !== null) goTo(editor, following)
  else say(editor, `Checked. This was the last ${last}.`, "good", resultOf({ kind: "check" }))
}

function stepBack(editor, kind) {
  if (!editor.doc[kind]) return say(editor, `Nothing to ${kind}.`)
  edit(editor, { kind }, kind === "undo" ? "Undone." : "Done again.")
}

function resolve(editor, keepMine) {
  const { conflict } = editor.data
  if (conflict)
    edit(
      editor,
      { kind: "resolve", line: conflict.line, keep: keepMine },
      keepMine ? "Your version is taken." : "The stored version stays.",
    )
}

function openGuidelines(editor) {
  if (!editor.data.guidelines) return say(editor, "This project has no guidelines.")
  editor.view.open = "guidelines"
  viewChanged(editor, true)
}

function toggle(editor, name, on, off) {
  editor.show[name] = !editor.show[name]
  keepShown(editor)
  say(editor, editor.show[name] ? on : off)
  editor.dirty = true
  repaint(editor)
}

function toggleWrap(editor) {
  editor.show.wrap = !isWrapped(editor)
  keepShown(editor)
  say(editor, editor.show.wrap ? "Long sentences take several lines." : "Each sentence is on one line.")
  editor.dirty = true
  repaint(editor)
}

/** What is shown stays as it was chosen, on this computer. */
function keepShown({ show }) {
  try {
    localStorage.setItem("projection-shown", JSON.stringify(show))
  } catch {} // storage may be forbidden or full
}

function readShown() {
  try {
    const { links, methods, wrap } = JSON.parse(localStorage.getItem("projection-shown")) ?? {}
    return { links: links === true, methods: methods !== false, wrap: wrap === false ? false : null }
  } catch {
    return {}
  }
}

const canLeave = ({ mode, view, anchor }) => mode !== "edit" || view.ghost !== null || anchor !== null

/** Esc: one step back out of whatever is open. */
function leave(editor) {
  if (editor.find(".help").open) return toggleHelp(editor)
  if (closeForms(editor)) return focusRow(editor)
  if (editor.mode !== "edit") {
    Object.assign(editor, { mode: "edit", first: null })
    moveTo(editor, editor.cursor.side, editor.cursor.index)
  } else if (editor.view.ghost !== null) {
    editor.view.ghost = null
    viewChanged(editor)
  } else if (editor.anchor !== null) moveTo(editor, editor.cursor.side, editor.cursor.index)
  repaint(editor)
}
