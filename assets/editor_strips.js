// One thin strip for each other method: its labels over the same columns as the words, a diamond where a word differs.
const LANE = 28 // pixels kept free under each line for the preview of a candidate

function fillStrips(editor) {
  const { strips } = editor.data
  const holder = editor.find(".strips")
  if (editor.strips === strips) return
  editor.strips = strips
  holder.replaceChildren(
    ...strips.map((strip) => {
      const row = make("div", "strip")
      row.append(make("span", "gutter", strip.name), make("i", "rail"), make("span", "same", strip.note))
      return row
    }),
  )
}

/** Put bars and diamonds under the words: in rows of their own, or under each line where the sentence takes several. */
function placeStrips(editor) {
  const bars = editor.find(".bars")
  const { strips } = editor.data
  const hidden = !editor.show.methods || !strips.length || !editor.doc.target.words.length
  editor.root.classList.toggle("no-strips", hidden)
  if (hidden) return bars.replaceChildren()
  const wrapped = isWrapped(editor)
  const lines = wrapped ? targetLines(editor) : null
  const fragment = document.createDocumentFragment()
  strips.forEach((strip, number) => {
    const under = (line) => line.bottom + LANE + 19 * number
    const topOf = (place) =>
      wrapped
        ? under(lines.find((line) => line && place.top < line.bottom && place.bottom > line.top))
        : editor.geometry.strips[number].top + 4
    for (const entity of strip.entities) for (const bar of barsOf(editor, strip, entity, topOf)) fragment.append(bar)
    for (const index of strip.differs) fragment.append(...diamond(editor, strip, index, topOf))
    if (wrapped) for (const line of lines) if (line) fragment.append(methodName(strip, number, under(line)))
  })
  bars.replaceChildren(fragment)
}

/** The bars of one label, one on each line it takes; its name stands where no diamond would cover it. */
function barsOf(editor, strip, entity, topOf) {
  const right = isRightToLeft(editor, "target")
  return linesOf(editor, "target", entity).map((line) => {
    const node = make("div", `bar-of entity ${entity.colour}`)
    node.dir = right ? "rtl" : "ltr"
    node.append(make("span", "tag", entity.label))
    const half = 8 + entity.label.length * 3.5
    const places = [
      ["start", right ? line.right - half : line.left + half],
      ["center", line.middle],
      ["end", right ? line.left + half : line.right - half],
    ]
    const isFree = ([, x]) => strip.differs.every((index) => Math.abs((diamondAt(editor, strip, index) ?? -99) - x) > half)
    node.style.justifyContent = (places.find(isFree) ?? places[0])[0]
    Object.assign(node.style, { left: `${line.left}px`, width: `${line.right - line.left}px`, top: `${topOf(line)}px` })
    return node
  })
}

/** Where the diamond of a word is: in its middle, or just outside where a bar of this one word has its name there. */
function diamondAt(editor, strip, index) {
  const word = editor.geometry.target.words[index]
  if (!word) return null
  const alone = strip.entities.some((entity) => entity.start === index && entity.end === index + 1)
  if (!alone) return word.middle
  return isRightToLeft(editor, "target") ? word.left - 4 : word.right + 4
}

function diamond(editor, strip, index, topOf) {
  const left = diamondAt(editor, strip, index)
  if (left === null) return []
  const node = make("div", "differs")
  Object.assign(node.style, { left: `${left}px`, top: `${topOf(editor.geometry.target.words[index]) + 3.5}px` })
  return [node]
}

function methodName(strip, number, top) {
  const node = make("span", "method", strip.name)
  node.dataset.number = number + 1
  node.style.top = `${top}px`
  return node
}
