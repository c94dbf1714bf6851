// Sentences with what is wrong in each; a click on one asks the page for it, and for
// the mistake that was clicked, else its first. Texts are set with textContent, never as HTML.
export default function ({ data, setTriggerValue, parentElement }) {
  const root = parentElement.querySelector(".sentences")
  root.setAttribute("aria-label", data.title)
  renew(root.querySelector("ol"), JSON.stringify(data.rows), () => data.rows.map(makeRow))
  root.onclick = (event) => {
    const chosen = event.target.closest("li[data-position]")
    const mistake = +(event.target.closest(".mistake")?.dataset.index ?? 0)
    if (chosen) setTriggerValue("open", { position: +chosen.dataset.position, mistake })
  }
}

function makeRow(row) {
  const line = make("li")
  line.dataset.position = row.position
  const head = make("div", "head")
  const open = make("button", "", row.text)
  open.dir = row.direction
  open.lang = row.language
  open.title = "Open in the editor"
  head.append(make("span", "number", String(row.position + 1)), open)
  line.append(head, ...row.mistakes.map((one, index) => makeMistake(one, row, index)))
  return line
}

function makeMistake(one, row, index) {
  const node = make("div", "mistake")
  node.dataset.index = index
  node.append(make("span", "kind", one.kind))
  node.append(...makeSide("gold", one.gold, row), ...makeSide("found", one.found, row))
  if (one.why) node.append(make("span", "why", one.why))
  return node
}

function makeSide(name, entities, row) {
  if (!entities) return []
  const boxes = entities.map((entity) => {
    const box = make("span", `entity ${name} ${entity.colour}`)
    const text = make("bdi", "", entity.text)
    text.dir = row.direction
    box.append(text, make("span", "tag", entity.label))
    return box
  })
  return [make("span", "side", name), ...(boxes.length ? boxes : [make("span", "none", "nothing")])]
}
