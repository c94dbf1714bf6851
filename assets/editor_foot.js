// Below the sentences: what is under the pointer or cursor in words, the legend, and the keys that fit what is selected.
/** What is known about the word or link under the pointer or cursor, in words: nothing is said by hover alone. */
function paintReading(editor) {
  const { doc, hot, cursor } = editor
  const place = hot?.side ? hot : cursor
  const link = hot?.link
  if (link)
    return setText(
      editor.find(".reading"),
      `${isolated(doc.source.words[link[0]])} \u2013 ${isolated(doc.target.words[link[1]])} ${link[3]}${link[4] ? " by hand" : ""}`,
    )
  const word = doc[place.side].words[place.index]
  if (word === undefined) return setText(editor.find(".reading"), "")
  const here = place.side === "source" ? 0 : 1
  const other = doc[otherSide(place.side)]
  const linked = doc.links
    .filter((item) => item[here] === place.index)
    .map((item) => `${isolated(other.words[item[1 - here]])} ${item[3]}`.trim())
  const missing = other.words.length ? "no link" : ""
  const entity = entityOver(doc[place.side], place.index)
  const about = entity ? ` \u00b7 ${[isolated(entity.label), entity.said, entity.score].filter(Boolean).join(", ")}` : ""
  setText(editor.find(".reading"), [isolated(word), linked.join(", ") || missing].filter(Boolean).join(" \u2192 ") + about)
}

const isolated = (text) => `\u2068${text}\u2069`

const LEGEND = [
  ["auto", "automatic"],
  ["kept", "given"],
  ["accepted", "accepted"],
  ["both", "accepted or given"],
  ["bulk", "accepted in bulk"],
  ["corrected", "corrected"],
  ["manual", "added by hand"],
]

function paintLegend(editor) {
  const { doc, data, show } = editor
  const states = new Set([...doc.source.entities, ...doc.target.entities].map((entity) => entity.state))
  if (states.has("kept") && states.has("accepted")) states.add("both") // they look the same
  const hidden = states.has("both") ? ["kept", "accepted"] : []
  const both = doc.source.words.length && doc.target.words.length
  const unlinked = both && ["source", "target"].some((side) => doc[side].linked.includes(false))
  const differs = show.methods && data.strips.some((strip) => strip.differs.length)
  renew(editor.find(".legend"), JSON.stringify([...states, unlinked, differs]), () => {
    const items = LEGEND.filter(([state]) => states.has(state) && !hidden.includes(state)).map(([state, text]) => {
      const item = make("span", "", "")
      item.append(make("i", `entity ${state}`, MARKS[state] ?? ""), text)
      return item
    })
    if (unlinked) items.push(legendItem(make("u", "", "word"), "no link"))
    if (differs) items.push(legendItem(make("i", "differs"), "method differs"))
    return items
  })
}

function legendItem(sample, text) {
  const item = make("span", "")
  item.append(sample, text)
  return item
}

/** Keys that fit what is selected, as buttons, so that mouse and touch have them too. */
function paintHints(editor) {
  const hints = hintsFor(editor)
  renew(editor.find(".hints"), JSON.stringify(hints), () =>
    hints.map(({ command, keys, text, label, colour, pressed }) => {
      const node = make("button", `hint ${colour ?? ""}`.trim())
      node.type = "button"
      node.dataset.command = command
      if (label) node.dataset.label = label
      if (pressed !== undefined) node.setAttribute("aria-pressed", String(pressed))
      if (keys) node.append(make("kbd", "", keys))
      node.append(make("span", label ? "tag" : "", text))
      return node
    }),
  )
}

const hint = (command, keys, text) => ({ command, keys, text })

function hintsFor(editor) {
  const { mode, view, data, doc } = editor
  if (editor.turning) return []
  if (data.readonly) return [hint("nextSpan", "Tab", "next label")]
  if (mode !== "edit")
    return [hint("left", "\u2190", "left"), hint("right", "\u2192", "right"), hint("other", "\u2191\u2193", "other sentence")]
  if (!view.pick) return [hint("nextSpan", "Tab", "next label"), hint("right", "\u2190 \u2192", "move")]
  if (candidatesFor(editor)[view.ghost])
    return [hint("use", "Enter", "use"), hint("candidate", "C", "next candidate"), hint("leave", "Esc", "leave it")]
  const entity = pickedEntity(editor)
  const keyed = doc.labels.map((item, index) => ({ ...item, keys: keyOfLabel(editor, item, index).toUpperCase() }))
  const labels = keyed
    .slice(0, 9)
    .map(({ label, keys, colour }) => ({ command: "label", label, keys, text: label, colour, pressed: entity?.label === label }))
  const more = doc.labels.length > 9 ? [hint("search", "/", `${doc.labels.length - 9} more`)] : []
  if (!entity) return [...labels, ...more, hint("link", "G", "link"), hint("extendRight", "\u21e7 \u2192", "more words")]
  const unchecked = entity.state === "auto" && view.pick.side === "target"
  return [
    ...labels,
    ...more,
    ...(unchecked ? [hint("confirm", "Y", "accept"), hint("reject", "X", "reject")] : [hint("remove", "Del", "remove")]),
    hint("startOut", "[", "start"),
    hint("endOut", "]", "end"),
    ...(candidatesFor(editor).length ? [hint("candidate", "C", "candidates")] : []),
    hint("link", "G", "link"),
  ]
}
