// The status line: what was done last, in words; and whether that still stands in the sentence.

/** Write the status line. `about(doc)` is what the text says of the sentence; once that is otherwise, the text goes. */
function say(editor, text, tone = "", about = null) {
  const line = editor.find(".said")
  line.textContent = text
  line.className = `said ${tone}`
  editor.claim = about && { about, was: JSON.stringify(about(editor.doc)) }
  return false
}

/** The server may show another sentence, or this one as somebody else has made it: say nothing of what is not there. */
function checkSaid(editor, turned) {
  const { claim, doc, data } = editor
  if (!claim || (!turned && JSON.stringify(claim.about(doc)) === claim.was)) return
  say(editor, !turned && data.conflict ? "There are two versions of this sentence: choose one above." : "")
}

/** What an edit leaves behind: a function from the document to something that stays the same while the edit stands. */
function resultOf(op) {
  const result = RESULTS[op.kind]
  return result ? (doc) => result(doc, op) : null
}

const RESULTS = {
  label: labelsNear,
  remove: labelsNear,
  move: labelsNear,
  place: (doc, op) => labelsNear(doc, { ...op, side: "target" }),
  confirm: ({ target }, { start, end }) => {
    const entity = entityAt(target, start, end)
    return [target.words.slice(start, end), entity?.label, entity?.state === "auto"]
  },
  link: ({ source, target, links }, op) => [
    source.words[op.source],
    target.words[op.target],
    links.some((link) => link[0] === op.source && link[1] === op.target),
  ],
  split: (doc, { side }) => doc[side].words,
  merge: (doc, { side }) => doc[side].words,
  check: (doc) => doc.checked,
  uncheck: (doc) => doc.checked,
  flag: (doc) => doc.flagged,
  note: (doc) => doc.note,
}

/** The words an operation is about, where they were and where they are, and the labels on them. */
function labelsNear(doc, { side, start, end, to }) {
  const row = doc[side]
  const spans = [...(start === null ? [] : [[start, end]]), ...(to ? [to] : [])]
  const near = row.entities.filter((entity) => spans.some((span) => overlaps(entity, ...span)))
  return [spans.map((span) => row.words.slice(...span)), near.map((entity) => [entity.start, entity.end, entity.label])]
}
