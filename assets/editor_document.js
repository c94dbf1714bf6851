// What an edit does to the sentence before the server has answered: pure functions, (document, operation) -> document.
// Words count from 0, spans are half-open, `at` counts code points. An operation that no longer fits changes nothing.
const SAID = {
  auto: "automatic",
  kept: "given",
  accepted: "accepted",
  bulk: "accepted in bulk",
  corrected: "corrected",
  manual: "added by hand",
}

/** Return the parts of the server's data that operations change. */
function documentOf(data) {
  const { source, target, links, pairs, candidates, labels, checked, flagged, note, undo, redo } = data
  return { source, target, links, pairs, candidates: candidates ?? {}, labels, checked, flagged, note, undo, redo }
}

/** Return the document after one operation; undo, redo and whatever else only the server can do leave it as it is. */
function applyOperation(doc, op) {
  const change = OPERATIONS[op.kind]
  const after = change ? change(doc, op) : doc
  return after === doc || op.kind === "undo" || op.kind === "redo" ? after : { ...after, undo: doc.undo + 1, redo: 0 }
}

const OPERATIONS = {
  label: (doc, { side, start, end, label }) => {
    if (!isInside(doc[side], start, end)) return doc
    const touched = doc[side].entities.filter((entity) => overlaps(entity, start, end))
    const same = touched.find((entity) => entity.start === start && entity.end === end)
    if (same?.label === label) return doc
    const before = same ?? (touched.length === 1 ? touched[0] : null)
    return replaceEntities(doc, side, touched, madeEntity(doc, before, start, end, label), before)
  },
  remove: (doc, { side, start, end }) => {
    const entity = entityAt(doc[side], start, end)
    return entity ? replaceEntities(doc, side, [entity], null, null) : doc
  },
  move: (doc, { side, start, end, to }) => {
    const entity = entityAt(doc[side], start, end)
    const blocked = doc[side].entities.some((other) => other !== entity && overlaps(other, to[0], to[1]))
    if (!entity || blocked || !isInside(doc[side], to[0], to[1])) return doc
    return replaceEntities(doc, side, [entity], madeEntity(doc, entity, to[0], to[1], entity.label), entity)
  },
  place: (doc, { start, end, to, label }) => {
    if (!isInside(doc.target, to[0], to[1])) return doc
    const before = start === null ? null : entityAt(doc.target, start, end)
    const gone = doc.target.entities.filter((entity) => entity === before || overlaps(entity, to[0], to[1]))
    return replaceEntities(doc, "target", gone, madeEntity(doc, before, to[0], to[1], label), before)
  },
  confirm: (doc, { start, end }) => {
    const entity = entityAt(doc.target, start, end)
    if (entity?.state !== "auto") return doc
    return replaceEntities(doc, "target", [entity], inState(entity, "accepted"), entity)
  },
  link: (doc, { source, target, on }) => {
    const others = doc.links.filter((link) => link[0] !== source || link[1] !== target)
    if (others.length < doc.links.length === on) return doc
    if (source >= doc.source.words.length || target >= doc.target.words.length) return doc
    const links = on ? [...others, [source, target, 1, "", true]] : others
    return withLinked({ ...doc, links: links.sort((one, other) => one[0] - other[0] || one[1] - other[1]) })
  },
  split: (doc, { side, word, at }) => {
    const letters = [...(doc[side].words[word] ?? "")]
    if (at <= 0 || at >= letters.length) return doc
    const halves = [letters.slice(0, at).join(""), letters.slice(at).join("")]
    return withWords(doc, side, word, 1, halves, (index) =>
      index < word ? [index] : index === word ? [index, index + 1] : [index + 1],
    )
  },
  merge: (doc, { side, word }) => {
    const { words } = doc[side]
    if (word < 0 || word + 1 >= words.length || labelsMeet(doc[side], word)) return doc
    return withWords(doc, side, word, 2, [words[word] + words[word + 1]], (index) => [index <= word ? index : index - 1])
  },
  check: (doc) => {
    const entities = doc.target.entities.map((entity) => (entity.state === "auto" ? inState(entity, "accepted") : entity))
    return { ...doc, checked: true, target: { ...doc.target, entities } }
  },
  uncheck: (doc) => ({ ...doc, checked: false }),
  flag: (doc, { on }) => (doc.flagged === on ? doc : { ...doc, flagged: on }),
  note: (doc, { text }) => (doc.note === text.trim() ? doc : { ...doc, note: text.trim() }),
  undo: (doc) => (doc.undo ? { ...doc, undo: doc.undo - 1 } : doc),
  redo: (doc) => (doc.redo ? { ...doc, redo: doc.redo - 1 } : doc),
}

const overlaps = (entity, start, end) => entity.start < end && start < entity.end
const entityAt = (row, start, end) => row.entities.find((entity) => entity.start === start && entity.end === end)
const entityOver = (row, index) => row.entities.find((entity) => index >= entity.start && index < entity.end)
const isInside = (row, start, end) => start >= 0 && start < end && end <= row.words.length
const inState = (entity, state) => ({ ...entity, state, said: SAID[state] })
/** Return whether a word and the next one belong to two different labels, or one of them to none and one to a label's end. */
const labelsMeet = (row, word) => {
  const [one, other] = [entityOver(row, word), entityOver(row, word + 1)]
  return Boolean(one && other && one !== other)
}

function madeEntity(doc, before, start, end, label) {
  const state = !before || before.state === "manual" ? "manual" : "corrected"
  const colour = doc.labels.find((item) => item.label === label)?.colour ?? before?.colour ?? "label-other-1"
  return inState({ start, end, label, colour, score: "" }, state)
}

/** Take the entities `gone` from a side and put `made` there, as the heir of `before` in the pairs and candidates. */
function replaceEntities(doc, side, gone, made, before) {
  const old = doc[side].entities
  const entities = [...old.filter((entity) => !gone.includes(entity)), ...(made ? [made] : [])].sort(
    (one, other) => one.start - other.start,
  )
  const now = (index) => entities.indexOf(old[index] === before ? made : old[index])
  return { ...doc, [side]: { ...doc[side], entities }, ...renumbered(doc, side, now) }
}

function renumbered(doc, side, now) {
  const column = side === "source" ? 0 : 1
  const pairs = doc.pairs
    .map((pair) => pair.map((index, place) => (place === column ? now(index) : index)))
    .filter((pair) => pair[column] >= 0)
  if (side === "target") return { pairs }
  const candidates = {}
  for (const [index, list] of Object.entries(doc.candidates)) if (now(+index) >= 0) candidates[now(+index)] = list
  return { pairs, candidates }
}

function withLinked(doc) {
  const linked = [new Set(doc.links.map((link) => link[0])), new Set(doc.links.map((link) => link[1]))]
  const row = (side, column) => ({ ...doc[side], linked: doc[side].words.map((_, index) => linked[column].has(index)) })
  return { ...doc, source: row("source", 0), target: row("target", 1) }
}

/** Replace `count` words from `word` on; `places(old)` says which words an old one became. Labels and links go along. */
function withWords(doc, side, word, count, words, places) {
  const row = doc[side]
  const column = side === "source" ? 0 : 1
  const carried = (item) => ({ ...item, start: places(item.start)[0], end: places(item.end - 1).at(-1) + 1 })
  const gaps = [...row.gaps.slice(0, word + 1), ...words.slice(1).map(() => false), ...row.gaps.slice(word + count)]
  const after = {
    ...row,
    gaps,
    words: [...row.words.slice(0, word), ...words, ...row.words.slice(word + count)],
    entities: row.entities.map(carried),
  }
  const links = new Map()
  for (const link of doc.links)
    for (const place of places(link[column])) {
      const moved = column ? [link[0], place, ...link.slice(2)] : [place, ...link.slice(1)]
      links.set(`${moved[0]}-${moved[1]}`, moved)
    }
  const changed = { ...doc, [side]: after, links: [...links.values()] }
  if (side === "target")
    changed.candidates = Object.fromEntries(Object.entries(doc.candidates).map(([index, list]) => [index, list.map(carried)]))
  return withLinked(changed)
}

let graphemes = null

/** Return the offsets, in code points, at which a word may be split: between what a reader takes for letters, never before
 a combining mark or inside an emoji. Some marks (U+102B in Burmese) begin a letter of their own for the browser. */
function splitOffsets(word) {
  graphemes ??= new Intl.Segmenter("und", { granularity: "grapheme" })
  const offsets = []
  let [at, joiner] = [0, false]
  for (const { segment } of graphemes.segment(word)) {
    if (at > 0 && !joiner && !/^\p{M}/u.test(segment)) offsets.push(at)
    at += [...segment].length
    joiner = segment.endsWith("\u200d")
  }
  return offsets
}
