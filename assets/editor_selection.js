// What is selected: `cursor` is the word with the focus, `view.pick` the span an edit is about, `first` one end of a new link.
const otherSide = (side) => (side === "source" ? "target" : "source")
const isRightToLeft = (editor, side) => editor.doc[side].direction === "rtl"
const quoted = (text) => `\u2018\u2068${text}\u2069\u2019`

/** Return the text of a span, with spaces where the sentence has them. */
function textOf(row, { start, end }) {
  return row.words
    .slice(start, end)
    .map((word, index) => (index && row.gaps[start + index] ? ` ${word}` : word))
    .join("")
}
const saidSpan = (editor, side, span) => quoted(textOf(editor.doc[side], span))
const pickedEntity = ({ doc, view: { pick } }) => (pick ? entityAt(doc[pick.side], pick.start, pick.end) : undefined)

function choose(editor, pick, index = pick?.start ?? 0) {
  if (pick) editor.cursor = { side: pick.side, index }
  editor.view.pick = pick && spanOf(pick)
  editor.view.ghost = null
  viewChanged(editor)
  editor.focusPending = true
  repaint(editor)
}

/** Go to a word; the label it belongs to is selected, or the word alone. */
function moveTo(editor, side, index) {
  const entity = entityOver(editor.doc[side], index)
  editor.anchor = null
  choose(editor, entity ? { side, start: entity.start, end: entity.end } : { side, start: index, end: index + 1 }, index)
}

/** Left and right are directions on the screen, whatever the script. */
function isForward(editor, side, way) {
  return (way === "right") === !isRightToLeft(editor, side)
}

function step(editor, way) {
  const { side, index } = editor.cursor
  const next = index + (isForward(editor, side, way) ? 1 : -1)
  if (next < 0 || next >= editor.doc[side].words.length) return say(editor, next < 0 ? "First word." : "Last word.")
  if (editor.mode === "link" || editor.mode === "token") return focusWord(editor, side, next)
  moveTo(editor, side, next)
}

/** Move the cursor only: the selection stays. */
function focusWord(editor, side, index) {
  editor.cursor = { side, index }
  editor.focusPending = true
  if (editor.mode === "token") editor.caret = middleOf(splitOffsets(editor.doc[side].words[index] ?? ""))
  repaint(editor)
}
const middleOf = (offsets) => offsets[Math.floor((offsets.length - 1) / 2)] ?? 0

/** Make the selection longer on the side the arrow points to, or shorter again on the way back. */
function extend(editor, way) {
  const { side } = editor.cursor
  const pick =
    editor.view.pick?.side === side ? editor.view.pick : { side, start: editor.cursor.index, end: editor.cursor.index + 1 }
  const forward = isForward(editor, side, way)
  if (editor.anchor === null) {
    editor.anchor = forward ? pick.start : pick.end - 1
    editor.cursor = { side, index: forward ? pick.end - 1 : pick.start }
  }
  const index = editor.cursor.index + (forward ? 1 : -1)
  if (index < 0 || index >= editor.doc[side].words.length) return
  selectBetween(editor, side, editor.anchor, index)
}

function selectBetween(editor, side, anchor, index) {
  editor.anchor = anchor
  choose(editor, { side, start: Math.min(anchor, index), end: Math.max(anchor, index) + 1 }, index)
}

/** From a label to its partner, from a word to the one it is linked with. */
function switchSide(editor) {
  const { side, index } = editor.cursor
  const other = otherSide(side)
  if (!editor.doc[other].words.length) return say(editor, `There is no ${other} text yet.`)
  const partner = editor.mode === "edit" && partnerOf(editor)
  if (partner) return choose(editor, { side: other, start: partner.start, end: partner.end })
  const place = linkedWord(editor, side, index)
  if (editor.mode === "edit") moveTo(editor, other, place)
  else focusWord(editor, other, place)
}

function partnerOf(editor) {
  const { doc, view } = editor
  const entity = pickedEntity(editor)
  if (!entity) return null
  const here = view.pick.side === "source" ? 0 : 1
  const pair = doc.pairs.find((item) => doc[view.pick.side].entities[item[here]] === entity)
  return pair ? doc[otherSide(view.pick.side)].entities[pair[1 - here]] : null
}

function linkedWord({ doc }, side, index) {
  const here = side === "source" ? 0 : 1
  const link = doc.links.find((item) => item[here] === index)
  return link ? link[1 - here] : Math.min(index, doc[otherSide(side)].words.length - 1)
}

/** All labels in reading order, source first: where Tab goes. */
const allSpans = ({ doc }) =>
  ["source", "target"].flatMap((side) => doc[side].entities.map(({ start, end }) => ({ side, start, end })))

function placeOf({ side, start }) {
  return (side === "target" ? 1e6 : 0) + start
}

/** Return the label before or after the selection, or undefined at either end. */
function neighbourSpan(editor, way) {
  const here = placeOf(editor.view.pick ?? { side: editor.cursor.side, start: editor.cursor.index })
  const spans = allSpans(editor)
  return way > 0 ? spans.find((span) => placeOf(span) > here) : spans.findLast((span) => placeOf(span) < here)
}

/** Select the next automatic label; it starts over at the end. */
function nextAutomatic(editor) {
  const open = editor.doc.target.entities.filter((entity) => entity.state === "auto")
  const after = editor.view.pick?.side === "target" ? editor.view.pick.start : -1
  const next = open.find((entity) => entity.start > after) ?? open[0]
  if (next) choose(editor, { side: "target", start: next.start, end: next.end })
  return next
}

/** The whole label or only the word under the cursor. */
function narrow(editor) {
  const { side, index } = editor.cursor
  const { pick } = editor.view
  if (pick && pick.end - pick.start > 1 && pick.side === side) choose(editor, { side, start: index, end: index + 1 }, index)
  else moveTo(editor, side, index)
}

/** The candidates of the source label that is selected, directly or through its partner. */
function candidatesFor(editor) {
  const index = sourceIndex(editor)
  return index === null ? [] : (editor.doc.candidates[index] ?? [])
}

function sourceIndex({ doc, view: { pick } }) {
  if (!pick) return null
  const index = doc[pick.side].entities.findIndex((entity) => entity.start === pick.start && entity.end === pick.end)
  if (index < 0) return null
  if (pick.side === "source") return index
  return doc.pairs.find((pair) => pair[1] === index)?.[0] ?? null
}

/** Where the selected source label is placed now: a target entity or null. */
function placedEntity(editor) {
  const index = sourceIndex(editor)
  const pair = editor.doc.pairs.find((item) => item[0] === index)
  if (editor.view.pick?.side === "target") return pickedEntity(editor) ?? null
  return pair ? editor.doc.target.entities[pair[1]] : null
}
