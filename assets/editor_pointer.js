// Mouse and touch: drag over words selects, handles resize, a click on a line picks or toggles a link. A finger that
// moves up or down scrolls the page (touch-action: pan-y), which ends a drag without effect.
function listenToPointer(editor, on) {
  const track = editor.find(".track")
  on(track, "pointerdown", pointerDown)
  on(track, "pointermove", pointerMove)
  on(track, "pointerup", pointerUp)
  on(track, "pointercancel", (_, event) => endDrag(editor, event))
  on(track, "pointerleave", () => point(editor, null))
}

/** The place of an event: {side, index} of the word or of the label's first word, a handle, a link, a ribbon, or nothing. */
function placeOfEvent(editor, event) {
  const path = event.composedPath()
  const word = path.find((node) => node.classList?.contains("word"))
  if (word) return { side: word.dataset.side, index: +word.dataset.index }
  const handle = path.find((node) => node.classList?.contains("handle"))
  if (handle) return { handle: handle.dataset.edge }
  const { x, y } = pointOf(editor, event)
  const box = path.find((node) => node.classList?.contains("box"))
  const side = path.find((node) => node.classList?.contains("source")) ? "source" : "target"
  if (box) return { side, index: wordNear(editor, side, x, y) }
  const link = linkAt(editor, x, y, event.pointerType === "touch" ? 16 : 10)
  return link ? { link } : { pair: ribbonAt(editor, x, y) }
}

function pointOf(editor, event) {
  const origin = editor.find(".track").getBoundingClientRect()
  return { x: event.clientX - origin.left, y: event.clientY - origin.top }
}

function pointerDown(editor, event) {
  if (event.button || !editor.geometry || editor.turning) return
  const place = placeOfEvent(editor, event)
  if (place.link) return clickLink(editor, place.link)
  if (place.pair) return choose(editor, { side: "target", ...spanOnly(editor.doc.target.entities[place.pair[1]]) })
  if (place.handle) startDrag(editor, event, { edge: place.handle, side: editor.view.pick.side, moved: false })
  else if (place.side) startDrag(editor, event, { side: place.side, from: place.index, shift: event.shiftKey, moved: false })
}
const spanOnly = ({ start, end }) => ({ start, end })

/** From here on all moves of this pointer come to the track, even from outside; touch would send them to the first word. */
function startDrag(editor, event, drag) {
  editor.drag = { ...drag, pointer: event.pointerId, x: event.clientX, y: event.clientY }
  editor.find(".track").setPointerCapture?.(event.pointerId)
  if (event.pointerType === "mouse") event.preventDefault() // no text selection, no image drag; the focus is set by us
}

function pointerMove(editor, event) {
  const { drag } = editor
  if (!drag) return event.pointerType === "touch" ? undefined : point(editor, hoverOf(editor, event))
  if (event.pointerId !== drag.pointer) return
  if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return
  drag.moved = true
  const { x, y } = pointOf(editor, event)
  const index = wordNear(editor, drag.side, x, y)
  drag.span = drag.edge
    ? resizedSpan(editor, drag, index)
    : { side: drag.side, start: Math.min(drag.from, index), end: Math.max(drag.from, index) + 1 }
  drag.to = index
  repaint(editor)
}

function resizedSpan(editor, { edge, side }, index) {
  const { start, end } = editor.view.pick
  const span = edge === "start" ? { side, start: Math.min(index, end - 1), end } : { side, start, end: Math.max(index, start) + 1 }
  const entity = pickedEntity(editor)
  for (const other of editor.doc[side].entities) {
    if (other === entity) continue
    if (edge === "start" && other.end <= start) span.start = Math.max(span.start, other.end)
    if (edge === "end" && other.start >= end) span.end = Math.min(span.end, other.start)
  }
  return span
}

function pointerUp(editor, event) {
  const { drag } = editor
  if (!drag || event.pointerId !== drag.pointer) return
  endDrag(editor, event)
  if (drag.edge && drag.moved && drag.span) return finishResize(editor, drag.span)
  if (drag.edge) return clickUnderHandle(editor, event)
  if (drag.moved && drag.span && editor.mode === "edit") return selectBetween(editor, drag.side, drag.from, drag.to)
  clickWord(editor, drag, event)
}

function endDrag(editor, event) {
  if (!editor.drag) return
  editor.drag = null
  const track = editor.find(".track")
  if (track.hasPointerCapture?.(event.pointerId)) track.releasePointerCapture(event.pointerId)
  repaint(editor)
}

function finishResize(editor, span) {
  const { pick } = editor.view
  if (span.start !== pick.start || span.end !== pick.end) resizeTo(editor, span)
}

/** A click on a handle that is no drag means the word beneath it. */
function clickUnderHandle(editor, event) {
  const { x, y } = pointOf(editor, event)
  const { side } = editor.view.pick
  clickWord(editor, { side, from: wordNear(editor, side, x, y) }, event)
}

function clickWord(editor, { side, from, shift }, event) {
  takeFocus(editor)
  if (editor.mode === "token") return clickLetter(editor, side, from, event)
  if (editor.mode === "link") return clickLinkEnd(editor, side, from)
  const { pick } = editor.view
  if (shift && pick?.side === side)
    return selectBetween(editor, side, editor.anchor ?? (from < pick.start ? pick.end - 1 : pick.start), from)
  const again = pick?.side === side && pick.end - pick.start > 1 && from >= pick.start && from < pick.end && pickedEntity(editor)
  if (again) choose(editor, { side, start: from, end: from + 1 }, from)
  else moveTo(editor, side, from)
}

/** After a click in the sentence, the keys are for the sentence, wherever the focus was before. */
function takeFocus(editor) {
  if (!hasFocus(editor)) document.activeElement.blur()
  editor.focusPending = true
}

/** In link mode: a word of the first side begins anew, one of the other side is linked or unlinked. */
function clickLinkEnd(editor, side, index) {
  if (editor.first.side === side) {
    editor.first = { side, index }
    return focusWord(editor, otherSide(side), linkedWord(editor, side, index))
  }
  focusWord(editor, side, index)
  toggleLink(editor)
}

/** A click on a line starts link mode with both its ends; in link mode it takes the link away. */
function clickLink(editor, [source, target]) {
  if (editor.data.readonly) return say(editor, editor.data.readonly, "warn")
  takeFocus(editor)
  const taken = editor.mode === "link"
  Object.assign(editor, { mode: "link", first: { side: "source", index: source } })
  focusWord(editor, "target", target)
  if (taken) toggleLink(editor)
  else say(editor, "This link is chosen: G or another click takes it away, Esc leaves it.")
}

/** In token mode: put the mark where the word was clicked, between two letters. */
function clickLetter(editor, side, index, event) {
  focusWord(editor, side, index)
  const text = editor.rows[side].words[index].firstChild
  const letters = [...text.data]
  let best = null
  for (const at of splitOffsets(text.data)) {
    const away = Math.abs(caretPlace(text, letters.slice(0, at).join("").length).x - event.clientX)
    if (!best || away < best.away) best = { at, away }
  }
  if (best) editor.caret = best.at
}

function hoverOf(editor, event) {
  const place = placeOfEvent(editor, event)
  return place.side || place.link ? place : null
}

/** Remember what the pointer is on, and draw only what depends on it. */
function point(editor, place) {
  const before = editor.hot
  if (before?.side === place?.side && before?.index === place?.index && before?.link === place?.link) return
  editor.hot = place
  editor.find(".track").style.cursor = place?.link ? "pointer" : ""
  repaint(editor)
}
