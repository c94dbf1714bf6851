// The sentences methods differ on; a click on a row asks the page for that sentence. Texts are set with textContent,
// never as HTML.
export default function ({ data, setTriggerValue, parentElement }) {
  const root = parentElement.querySelector(".disputes")
  const focused = root.getRootNode().activeElement?.dataset.position
  renew(root.querySelector("tbody"), JSON.stringify(data.rows), () => data.rows.map(makeRow))
  for (const line of root.querySelectorAll("tr[data-position]")) mark(line, +line.dataset.position === data.current)
  if (focused !== undefined) root.querySelector(`button[data-position="${focused}"]`)?.focus()
  root.onclick = (event) => {
    const chosen = event.target.closest("tr[data-position]")
    if (chosen) setTriggerValue("open", { position: +chosen.dataset.position })
  }
}

function mark(line, current) {
  line.classList.toggle("current", current)
  const open = line.querySelector("button")
  if (current) open.setAttribute("aria-current", "true")
  else open.removeAttribute("aria-current")
}

function makeRow(row) {
  const line = make("tr")
  line.dataset.position = row.position
  const text = make("td")
  const open = make("button", "", row.text)
  open.dataset.position = row.position
  open.dir = row.direction
  open.lang = row.language
  open.title = row.text
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
