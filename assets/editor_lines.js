// How the two sentences are broken into lines. A pair that does not fit on one line is cut into bands, one under the other:
// some source words, their links, the target words they are linked with. So partners stay together, however long the pair.
const GUTTER = 124
const NOTES = 96 // what the strips say at the right of a single line
const FRAYED = 0.45 // a cut may leave at most this part of a line empty
const QUOTES = /^["'\p{Pi}\p{Pf}]+$/u // which of them open depends on the language
const OPENING = /^[\p{Ps}\u00a1\u00bf]["'\p{Pi}\p{Pf}\p{Ps}\u00a1\u00bf]*$/u
const CLOSING =
  /^["'\p{Pi}\p{Pf}]*[.,;:!?%\u2026\u2025\u00b0\p{Pe}\u060c\u061b\u061f\u066a\u06d4\u0964\u0965\u3001\u3002\uff01\uff05\uff0c\uff0e\uff1a\uff1b\uff1f\uff61\uff64]["'\p{P}]*$/u

/** Estimate the widths, choose the bands, and put the nodes into their lines. Nothing is laid out for it. */
function breakLines(editor) {
  const { rows, show, root, width } = editor
  const narrow = width < 640
  root.classList.toggle("narrow", narrow)
  root.classList.toggle("middling", width < 1308)
  for (const side of ["source", "target"]) measureUnits(editor, side)
  const total = (side) => rows[side].units.reduce((sum, unit) => sum + unit.width, 0)
  const room = width - (narrow ? 44 : GUTTER + 28) // a scroll bar at the side included
  const longest = Math.max(total("source"), total("target"))
  const besideNotes = longest <= room - (editor.data.strips.length ? NOTES : 0)
  root.classList.toggle("fits", longest <= room)
  root.classList.toggle("wrapped", !besideNotes && (show.wrap ?? true))
  const wrapped = isWrapped(editor)
  editor.bands = wrapped
    ? bandsOf(editor, room)
    : [{ source: [0, rows.source.units.length], target: [0, rows.target.units.length] }]
  for (const side of ["source", "target"])
    putInLines(
      editor,
      side,
      editor.bands.map((band) => band[side]),
    )
  for (const [index, band] of editor.bands.entries()) limitLines(editor, index, band, wrapped && room)
}

const isWrapped = (editor) => editor.root.classList.contains("wrapped")

// The numbers below are the margins, borders and paddings of editor.css.
function measureUnits(editor, side) {
  const view = editor.rows[side]
  const size = editor.root.classList.contains("narrow") ? 16.5 : 17.5
  const { tight } = editor.doc[side]
  const words = ruler(editor, `400 ${size}px`)
  const tags = ruler(editor, "700 10.5px")
  for (const unit of view.units) {
    if (unit.entity) {
      const inner = unit.texts.reduce((sum, text) => sum + words(text) + (tight ? 4 : 8), 0)
      const under = Math.min(220, tags(unit.entity.label) * 1.06) + tags(unit.entity.score ?? "") + 34
      unit.width = Math.max(inner, under) + 20
    } else unit.width = Math.max(16, words(unit.texts[0]) + (tight ? 4 : 12)) + (unit.apart ? 10 : 0)
  }
}

/** Mark the units that stay on the line of the one before, as in print: closing marks do, and what comes after opening ones. */
function keepMarks(row, units) {
  units.forEach((unit, at) => {
    unit.stays = at > 0 && (isClosing(row, unit.start) || isOpening(row, units[at - 1].end - 1))
  })
}

function isClosing(row, index) {
  const text = row.words[index] ?? ""
  if (QUOTES.test(text)) return !opens(row, index)
  if (CLOSING.test(text)) return true
  return !row.tight && !row.gaps[index] && /^[\p{P}\p{S}]/u.test(text) && !OPENING.test(text) // 's, say
}

function isOpening(row, index) {
  const text = row.words[index] ?? ""
  return OPENING.test(text) || (QUOTES.test(text) && opens(row, index))
}

/** Whether a quotation mark opens: a space before it and none after tells; else its form; else how many there were. */
function opens({ words, gaps, tight }, index) {
  const before = index === 0 || gaps[index] || OPENING.test(words[index - 1])
  const after = index + 1 === words.length || gaps[index + 1] || CLOSING.test(words[index + 1])
  const count = (text) => words.slice(0, index).filter((word) => word === text).length
  if (!tight && before !== after) return before
  if (words[index] === "\u201c") return count("\u201e") <= count("\u201c") // it closes a German quotation
  if (/^\p{Pi}/u.test(words[index])) return true
  if (/^\p{Pf}/u.test(words[index])) return false
  return count(words[index]) % 2 === 0
}

/** Return a function from a text to its width in pixels, remembering what it has measured. */
function ruler(editor, size) {
  editor.family ??= getComputedStyle(editor.root).fontFamily
  const font = `${size} ${editor.family}`
  const known = ((editor.widths ??= {})[font] ??= new Map())
  if (known.size > 20000) known.clear()
  const context = (editor.paper ??= document.createElement("canvas").getContext("2d"))
  return (text) => {
    if (!known.has(text)) {
      if (context.font !== font) context.font = font
      known.set(text, context.measureText(text).width)
    }
    return known.get(text)
  }
}

function putInLines(editor, side, ranges) {
  const view = editor.rows[side]
  view.lines ??= []
  while (view.lines.length < ranges.length) {
    const line = make("div", `line of-${side}`)
    line.setAttribute("role", "presentation")
    view.lines.push(line)
  }
  while (view.lines.length > ranges.length) view.lines.pop().remove()
  ranges.forEach(([from, to], index) => {
    arrange(
      view.lines[index],
      view.units.slice(from, to).map((unit) => unit.node),
    )
    view.lines[index].style.gridRow = 2 * index + (side === "source" ? 1 : 2)
  })
  arrange(view.cells, view.lines)
}

/** A right-to-left line begins where the longer line of its band ends, not at the edge of the window. On a line that is
 fuller than `room` (0: any may be), long words and boxes make way for the marks that stay with them. */
function limitLines({ rows }, index, band, room) {
  const width = (side) => rows[side].units.slice(...band[side]).reduce((sum, unit) => sum + unit.width, 0)
  const longest = Math.ceil(Math.max(width("source"), width("target"))) + 8
  for (const side of ["source", "target"]) {
    rows[side].lines[index].style.maxWidth = room ? `${Math.min(longest, room + 8)}px` : ""
    rows[side].lines[index].classList.toggle("full", room && width(side) > room)
  }
}

/** Cut both sides so that every piece fits into `room` pixels and few links lead from one band into another. */
function bandsOf(editor, room) {
  const { rows, doc } = editor
  const widths = [rows.source, rows.target].map((row) => row.units.map((unit) => `${unit.start} ${unit.width} ${unit.stays}`).join())
  const known = editor.lastCut
  if (known?.links === doc.links && known.room === room && known.widths.join("|") === widths.join("|")) return known.bands
  const bands = cutBands(doc, rows.source.units, rows.target.units, room)
  editor.lastCut = { links: doc.links, room, widths, bands }
  return bands
}

function cutBands(doc, source, target, room) {
  const bands = []
  let at = [0, 0]
  while (at[0] < source.length || at[1] < target.length) {
    const full = [fitting(source, at[0], room), fitting(target, at[1], room)]
    const rest = full[0] === source.length && full[1] === target.length
    const cut = rest ? full : bestCut(doc, source, target, at, full)
    bands.push({ source: [at[0], cut[0]], target: [at[1], cut[1]] })
    at = cut
  }
  return bands.length ? bands : [{ source: [0, source.length], target: [0, target.length] }]
}

/** Return up to where units from `from` on fit, together with what stays with them; always at least one, if there is any. */
function fitting(units, from, room) {
  let to = from
  for (let used = 0; to < units.length && (to === from || used + units[to].width <= room); to++) used += units[to].width
  let cut = to
  while (cut > from && units[cut]?.stays) cut--
  if (cut > from) return cut
  // all of it belongs together: the widest makes way for the others, if they leave it half a line
  let end = to
  while (units[end]?.stays) end++
  const widths = units.slice(from, end).map((unit) => unit.width)
  return widths.reduce((sum, width) => sum + width, 0) - Math.max(...widths) <= room / 2 ? end : to
}

/** Return the cut with the fewest links across it; among equal ones the one that fills the lines best. */
function bestCut(doc, source, target, at, full) {
  const starts = [source.map((unit) => unit.start), target.map((unit) => unit.start)]
  const lengths = [doc.source.words.length, doc.target.words.length]
  const begin = at.map((index, side) => starts[side][index] ?? lengths[side])
  const links = doc.links.filter((link) => link[0] >= begin[0] || link[1] >= begin[1])
  const choices = (side) => {
    const [all, last] = [side ? target : source, full[side]]
    const first = Math.max(at[side] + 1, Math.ceil(last - (last - at[side]) * FRAYED))
    const list = []
    for (let index = last; index >= first; index--) if (!all[index]?.stays) list.push(index)
    return list.length ? list : [Math.min(last, all.length)]
  }
  let best = null
  for (const one of choices(0))
    for (const other of choices(1)) {
      const [i, j] = [starts[0][one] ?? lengths[0], starts[1][other] ?? lengths[1]]
      const crossing = links.filter((link) => link[0] < i !== link[1] < j).length
      const empty = (full[0] - one) / Math.max(1, full[0] - at[0]) + (full[1] - other) / Math.max(1, full[1] - at[1])
      const cost = crossing + 2.5 * empty
      if (!best || cost < best.cost) best = { cost, cut: [one, other] }
    }
  return best.cut
}

/** The band a word is in, counted from 0. */
function bandOf({ bands, rows }, side, index) {
  return bands.findIndex((band) => {
    const units = rows[side].units
    const [from, to] = band[side]
    return from < to && units[from].start <= index && index < units[to - 1].end
  })
}
