// Where everything is: all rectangles are read once, then everything is written, so that the browser lays out once.

/** Break the lines, measure, and draw what lies over the words. Only `measure` makes the browser lay out. */
function layout(editor) {
  const { root, show } = editor
  editor.width ||= editor.find(".panel").clientWidth
  if (!editor.width) return // in a hidden tab; the observer calls again
  const strips = show.methods ? editor.data.strips.length : 0
  root.style.setProperty("--below", `${strips * 19}px`)
  breakLines(editor)
  paintWrap(editor)
  const shape = JSON.stringify([strips, editor.width, editor.bands, widthsOf(editor, "source"), widthsOf(editor, "target")])
  if (shape !== editor.shape) measure(editor)
  editor.shape = shape
  settleFocus(editor)
  placeStrips(editor)
  drawOver(editor)
}

function resized(editor) {
  const width = editor.find(".panel").clientWidth
  if (!editor.data || width === editor.width) return
  editor.width = width
  editor.shape = null
  layout(editor)
}

/** All that places depend on; where none of it changed, say after a new label on the same words, nothing is measured. */
const widthsOf = ({ doc, rows }, side) => [doc[side].direction, doc[side].gaps, rows[side].units.map(({ start, texts, width }) => [start, texts, width])]

function measure(editor) {
  const track = editor.find(".track")
  const origin = track.getBoundingClientRect()
  const place = (node) => {
    const box = node.getBoundingClientRect()
    const [left, right] = [box.left - origin.left, box.right - origin.left]
    return { left, right, top: box.top - origin.top, bottom: box.bottom - origin.top, middle: (left + right) / 2 }
  }
  const row = (side) => ({
    words: editor.rows[side].words.map(place),
    boxes: new Map([...editor.rows[side].boxes].map(([start, box]) => [start, place(box.node)])),
  })
  const strips = [...editor.find(".strips").children].map(place)
  editor.geometry = { width: origin.width, height: origin.height, source: row("source"), target: row("target"), strips }
}

/** The box of a label if a word has one, else the word: where a link begins. */
function anchorOf(editor, side, index) {
  const entity = entityOver(editor.doc[side], index)
  return (entity && editor.geometry[side].boxes.get(entity.start)) ?? editor.geometry[side].words[index]
}

/** The rectangles of a span, one for each line it takes on the screen. */
function linesOf(editor, side, { start, end }) {
  const lines = []
  for (const word of editor.geometry[side].words.slice(start, end)) {
    const line = lines.at(-1)
    if (line && word.top < line.bottom - 4 && word.bottom > line.top + 4) {
      Object.assign(line, {
        left: Math.min(line.left, word.left),
        right: Math.max(line.right, word.right),
        bottom: Math.max(line.bottom, word.bottom),
      })
    } else lines.push({ ...word })
  }
  for (const line of lines) line.middle = (line.left + line.right) / 2
  return lines
}

/** The lines of the target sentence, one in each band: {top, bottom} with the boxes. */
function targetLines({ geometry, bands, rows }) {
  return bands.map(({ target: [from, to] }) => {
    const places = rows.target.units
      .slice(from, to)
      .map((unit) => geometry.target.boxes.get(unit.start) ?? geometry.target.words[unit.start])
    const known = places.filter(Boolean)
    return known.length
      ? { top: Math.min(...known.map((place) => place.top)), bottom: Math.max(...known.map((place) => place.bottom)) }
      : null
  })
}

// the curve between two places --------------------------------------------------------------------------------

const bow = (height, dx) => height * (0.5 - 0.3 * Math.min(1, Math.abs(dx) / 500))

/** Return the curve of a link: {x1, y1, x2, y2, bow}, or null where its ends are in different bands. */
function curveOf(editor, source, target) {
  const { geometry } = editor
  const [from, to] = [geometry.source.words[source], geometry.target.words[target]]
  if (!from || !to || bandOf(editor, "source", source) !== bandOf(editor, "target", target)) return null
  const [y1, y2] = [anchorOf(editor, "source", source).bottom + 1, anchorOf(editor, "target", target).top - 1]
  return { x1: from.middle, y1, x2: to.middle, y2, bow: bow(y2 - y1, to.middle - from.middle) }
}

const pathOf = ({ x1, y1, x2, y2, bow: by }) =>
  `M${round(x1)},${round(y1)}C${round(x1)},${round(y1 + by)} ${round(x2)},${round(y2 - by)} ${round(x2)},${round(y2)}`
const round = (number) => Math.round(number * 10) / 10

/** Where a curve is at a height: its x, or null above and below it. */
function curveAt({ x1, y1, x2, y2, bow: by }, y) {
  if (y < y1 || y > y2) return null
  const cubic = (t, p0, p1, p2, p3) => (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t * t * p2 + t ** 3 * p3
  let [low, high] = [0, 1]
  for (let turn = 0; turn < 20; turn++) {
    const t = (low + high) / 2
    if (cubic(t, y1, y1 + by, y2 - by, y2) < y) low = t
    else high = t
  }
  return cubic(low, x1, x1, x2, x2)
}

/** The link line under a point of the track, or null; `near` pixels count as on it. */
function linkAt(editor, x, y, near = 12) {
  let best = null
  for (const link of shownLinks(editor)) {
    const curve = curveOf(editor, link[0], link[1])
    const at = curve && curveAt(curve, y)
    if (at === null || Math.abs(at - x) > near) continue
    if (!best || Math.abs(at - x) < best.away) best = { link, away: Math.abs(at - x) }
  }
  return best?.link ?? null
}

/** The pair whose ribbon a point lies in, or null. */
function ribbonAt(editor, x, y) {
  return (
    editor.doc.pairs.find((pair) => {
      const edges = ribbonEdges(editor, pair)
      const [left, right] = edges ? edges.map((edge) => curveAt(edge, y)) : []
      return left !== undefined && left !== null && x >= Math.min(left, right) && x <= Math.max(left, right)
    }) ?? null
  )
}

/** The two edges of the ribbon of a pair, as curves; null where its boxes are in different bands. */
function ribbonEdges(editor, [source, target]) {
  const { doc, geometry } = editor
  const from = geometry.source.boxes.get(doc.source.entities[source]?.start)
  const to = geometry.target.boxes.get(doc.target.entities[target]?.start)
  if (!from || !to || to.top < from.bottom) return null
  if (bandOf(editor, "source", doc.source.entities[source].start) !== bandOf(editor, "target", doc.target.entities[target].start))
    return null
  const [y1, y2] = [from.bottom + 2, to.top - 2]
  const by = bow(y2 - y1, to.middle - from.middle)
  return [
    { x1: from.left + 3, y1, x2: to.left + 3, y2, bow: by },
    { x1: from.right - 3, y1, x2: to.right - 3, y2, bow: by },
  ]
}

/** The word of a row nearest to a point of the track. */
function wordNear(editor, side, x, y) {
  let best = null
  editor.geometry[side].words.forEach((word, index) => {
    const away = Math.max(word.left - x, 0, x - word.right) + 3 * Math.max(word.top - y, 0, y - word.bottom)
    if (!best || away < best.away) best = { index, away }
  })
  return best?.index ?? null
}
