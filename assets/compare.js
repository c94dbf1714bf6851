// The methods of one sentence beneath each other. It only shows and selects; every change of data is made by the
// page. Texts are set with textContent, never as HTML.
export default function ({ data, setStateValue, setTriggerValue, parentElement }) {
  const root = parentElement.querySelector(".compare")
  const focused = root.getRootNode().activeElement?.dataset.key
  const table = root.querySelector("table")
  const shown = JSON.stringify({ ...data, pick: null })
  renew(table.tHead.rows[0], shown, () => headCells(data))
  renew(table.tBodies[0], shown, () => data.rows.map((row) => makeRow(row, data)))
  table.dir = root.querySelector(".scroller").dir = data.direction
  table.className = data.tight ? "tight" : ""
  if (focused) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus()
  root.onclick = (event) => {
    const chosen = event.target.closest("button")?.dataset
    if (chosen?.use !== undefined) setTriggerValue("use", { sentence: data.sentence, method: chosen.use })
    else if (chosen?.method !== undefined) {
      const pick = { sentence: data.sentence, method: chosen.method, start: +chosen.start, end: +chosen.end }
      markPicked(root, pick)
      setStateValue("pick", pick)
    }
  }
  markPicked(root, data.pick)
  fit(root)
  if (!root.observer) {
    root.observer = new ResizeObserver(() => root.clientWidth !== root.width && fit(root))
    root.observer.observe(root)
    document.fonts?.ready.then(() => fit(root))
  }
}

// Long stretches without an entity wrap only where the sentence would not fit on a line.
function fit(root) {
  const scroller = root.querySelector(".scroller")
  const overflows = () => scroller.scrollWidth > scroller.clientWidth + 1
  root.width = root.clientWidth
  root.classList.remove("wraps")
  root.classList.toggle("wraps", overflows())
  root.classList.toggle("scrolls", overflows())
}

function headCells(data) {
  const marks = data.columns.map((column) => {
    const cell = make("th", column.differs ? "mark" : "")
    cell.scope = "col"
    if (column.differs) {
      const diamond = make("i")
      diamond.setAttribute("role", "img")
      diamond.setAttribute("aria-label", `Methods differ on ${column.text}`)
      diamond.title = "Methods differ here"
      cell.append(diamond)
    }
    return cell
  })
  const who = make("th", "who")
  const count = data.columns.filter((column) => column.differs).length
  if (count) who.append(jumpButton(count, marks))
  return [who, ...marks, make("th", "fill"), make("th", "verdict", data.scored)]
}

// Long sentences scroll sideways: this brings the words the methods differ on into view, one after the other.
function jumpButton(count, marks) {
  const places = marks.filter((mark) => mark.className === "mark")
  const jump = make("button", "jump", `${count} differ${count === 1 ? "s" : ""}`)
  jump.title = "Show the next word on which methods differ"
  jump.dir = "ltr"
  jump.dataset.key = "jump"
  let next = 0
  jump.onclick = () => places[next++ % places.length].scrollIntoView({ inline: "center", block: "nearest" })
  return jump
}

function makeRow(row, data) {
  const line = make("tr", `${row.kind}${row.method === data.current && row.kind === "spans" ? " current" : ""}`)
  const who = make("th", "who")
  who.scope = "row"
  who.append(make("b", "", row.name), make("small", "", row.note))
  line.append(who)
  if (row.kind === "spans") line.append(...spanCells(row, data), make("td", "fill"), verdictCell(row))
  else line.append(textCell(row, data.columns.length + 2))
  return line
}

function spanCells(row, data) {
  const cells = []
  for (let at = 0; at < data.columns.length; ) {
    const entity = row.entities.find((item) => item.start === data.columns[at].start)
    const width = entity ? data.columns.filter((item) => item.start >= entity.start && item.end <= entity.end).length : 1
    const covered = data.columns.slice(at, at + width)
    const cell = make("td", covered.some((item) => item.differs) ? "differing" : "")
    cell.colSpan = width
    if (covered[0].gap) cell.classList.add("gap")
    if (entity) cell.append(makeBox(entity, covered, row, data))
    else cell.append(makeWords(covered, data))
    cells.push(cell)
    at += width
  }
  return cells
}

function makeWords(pieces, data, className = "words") {
  const words = make("span", className)
  words.lang = data.language
  const length = pieces.reduce((sum, piece) => sum + piece.text.length, 0)
  if (length > 40) {
    words.classList.add("run")
    words.style.setProperty("--least", `${Math.min(60, Math.max(16, length / 8))}em`)
  }
  pieces.forEach((piece, index) => {
    if (index && piece.gap) words.append(" ")
    const word = make("bdi", piece.differs ? "differs" : "", piece.text)
    word.dir = data.direction
    words.append(word)
  })
  return words
}

function makeBox(entity, pieces, row, data) {
  const box = make(row.use ? "button" : "div", `box entity ${entity.state} ${entity.colour}`)
  const foot = make("span", "foot")
  const score = make("span", "score", entity.score)
  score.dir = "ltr"
  foot.append(make("span", "tag", entity.label), score)
  box.append(makeWords(pieces, data), foot)
  if (row.use) {
    Object.assign(box.dataset, { method: row.method, start: entity.start, end: entity.end })
    box.dataset.key = `${row.method} ${entity.start} ${entity.end}`
    const text = pieces.map((piece) => piece.text).join(" ")
    box.setAttribute("aria-label", `${text}, ${entity.label}${entity.score && `, score ${entity.score}`}, ${row.name}`)
  }
  return box
}

function verdictCell(row) {
  const cell = make("td", "verdict")
  if (row.verdict.same) cell.append(make("span", "pill good", "the same"))
  cell.append(...row.verdict.kinds.map((kind) => make("span", `pill ${/missing|additional/.test(kind) ? "bad" : "warn"}`, kind)))
  if (row.verdict.f1) {
    const score = make("b", "", row.verdict.f1)
    score.dir = "ltr"
    cell.append(score)
  }
  if (row.use) cell.append(useButton(row, "Use all", `Take over all spans of ${row.name}`))
  return cell
}

function useButton(row, text, title) {
  const use = make("button", "use", text)
  use.dataset.use = use.dataset.key = row.method
  use.title = title
  return use
}

function textCell(row, width) {
  const cell = make("td", "whole")
  cell.colSpan = width
  if (row.kind === "own") {
    const line = make("div", "own-text")
    line.dir = row.line.direction
    const data = { direction: row.line.direction, language: row.line.language }
    for (const piece of row.line.pieces) {
      if (piece.gap) line.append(" ")
      line.append(piece.entity ? makeBox(piece.entity, [piece], { use: false }, data) : plain(piece, data))
    }
    const use = useButton(row, "Use it", `Take over the translation and spans of ${row.name}`)
    cell.append(line, make("span", "pill", "own translation, not compared"), use)
  } else {
    const reason = make("span", "notice", row.reason)
    reason.dir = "ltr"
    cell.append(reason)
  }
  return cell
}

function plain(piece, data) {
  const words = make("bdi", "", piece.text)
  words.dir = data.direction
  words.lang = data.language
  return words
}

function markPicked(root, pick) {
  for (const box of root.querySelectorAll("button.box")) {
    const is = pick && box.dataset.method === pick.method && +box.dataset.start === pick.start && +box.dataset.end === pick.end
    box.classList.toggle("picked", Boolean(is))
    box.setAttribute("aria-pressed", Boolean(is))
  }
}
