// The two modes in which keys mean something else: linking a word with one of the other sentence, and splitting words.

// links -------------------------------------------------------------------------------------------------

function startLink(editor) {
  if (editor.data.readonly) return say(editor, editor.data.readonly, "warn")
  const { side, index } = editor.cursor
  const other = otherSide(side)
  if (!editor.doc[other].words.length) return say(editor, `There is no ${other} text to link with.`)
  Object.assign(editor, { mode: "link", first: { side, index } })
  focusWord(editor, other, linkedWord(editor, side, index))
  say(editor, `Link from ${quoted(editor.doc[side].words[index])}: choose a word in the other sentence.`)
}

/** Link the first word with the one under the cursor, or take that link away. */
function toggleLink(editor) {
  const { first, cursor } = editor
  if (!first || first.side === cursor.side) return say(editor, "Choose a word in the other sentence: up and down arrows.")
  const [source, target] = first.side === "source" ? [first.index, cursor.index] : [cursor.index, first.index]
  const on = !editor.doc.links.some((link) => link[0] === source && link[1] === target)
  const words = `${quoted(editor.doc.source.words[source])} and ${quoted(editor.doc.target.words[target])}`
  return edit(editor, { kind: "link", source, target, on }, on ? `${words} linked.` : `${words} not linked any more.`)
}

// words -------------------------------------------------------------------------------------------------

function startTokens(editor) {
  if (editor.data.readonly) return say(editor, editor.data.readonly, "warn")
  editor.mode = "token"
  focusWord(editor, editor.cursor.side, editor.cursor.index)
  say(editor, "Splitting words. Labels and links go along.")
}

/** Move the mark inside the word; at its end on to the next word. */
function moveCaret(editor, way) {
  const { side, index } = editor.cursor
  const offsets = splitOffsets(editor.doc[side].words[index])
  const next = offsets.indexOf(editor.caret) + (isForward(editor, side, way) ? 1 : -1)
  if (offsets[next] !== undefined && offsets.length) editor.caret = offsets[next]
  else {
    step(editor, way)
    const entered = splitOffsets(editor.doc[side].words[editor.cursor.index])
    if (editor.cursor.index !== index) editor.caret = (isForward(editor, side, way) ? entered[0] : entered.at(-1)) ?? 0
  }
  repaint(editor)
}

function splitHere(editor) {
  const { side, index } = editor.cursor
  const letters = [...editor.doc[side].words[index]]
  const at = editor.caret
  if (!splitOffsets(letters.join("")).includes(at)) return say(editor, `${quoted(letters.join(""))} cannot be split.`)
  const said = `${quoted(letters.slice(0, at).join(""))} and ${quoted(letters.slice(at).join(""))} are two words now.`
  if (edit(editor, { kind: "split", side, word: index, at }, said)) settleWord(editor, side, index)
}

function mergeHere(editor) {
  const { side, index } = editor.cursor
  const row = editor.doc[side]
  if (index + 1 >= row.words.length) return say(editor, "There is no next word to join it with.")
  if (labelsMeet(row, index)) {
    const both = resultOf({ kind: "label", side, start: index, end: index + 2 })
    return say(editor, "Two labels meet here: delete one of them before joining the words.", "warn", both)
  }
  const said = `${quoted(row.words[index] + row.words[index + 1])} is one word now.`
  if (edit(editor, { kind: "merge", side, word: index }, said)) settleWord(editor, side, index)
}

/** After words changed, select where the cursor is, and put the mark into its word. */
function settleWord(editor, side, index) {
  moveTo(editor, side, index)
  focusWord(editor, side, index)
}
