// The sentences methods differ on; a click on a row asks the page for that sentence. Texts are set with textContent,
// never as HTML.
const make = (tag, className, text) => {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

export default function ({ data, setTriggerValue, parentElement }) {
  const root = parentElement.querySelector(".disputes")
  const focused = root.getRootNode().activeElement?.dataset.position
  root.querySelector("tbody").replaceChildren(...data.rows.map((row) => makeRow(row, data.current)))
  if (focused !== undefined) root.querySelector(`button[data-position="${focused}"]`)?.focus()
  root.onclick = (event) => {
    const chosen = event.target.closest("tr[data-position]")
    if (chosen) setTriggerValue("open", { position: +chosen.dataset.position })
  }
}

function makeRow(row, current) {
  const line = make("tr", row.position === current ? "current" : "")
  line.dataset.position = row.position
  const text = make("td")
  const open = make("button", "", row.text)
  open.dataset.position = row.position
  open.dir = row.direction
  open.lang = row.language
  open.title = row.text
  if (row.position === current) open.setAttribute("aria-current", "true")
  text.append(open)
  line.append(make("td", "number", String(row.position + 1)), text, scoreCell(row), spansCell(row))
  return line
}

function scoreCell(row) {
  const cell = make("td", "score")
  const meter = make("span", "meter")
  const bar = make("i")
  bar.style.width = `${Math.round(100 * row.share)}%`
  meter.append(bar)
  cell.append(meter, row.score)
  cell.title = row.words
  return cell
}

function spansCell(row) {
  const cell = make("td", "spans")
  for (const span of row.spans) {
    const box = make("span", `entity ${span.colour}`)
    const text = make("bdi", "", span.text)
    text.dir = row.direction
    box.append(text, make("span", "tag", span.label))
    const pair = make("span", "pair")
    pair.append(box, make("small", "", span.found))
    cell.append(pair)
  }
  if (row.more) cell.append(make("small", "", row.more))
  return cell
}
