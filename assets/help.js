// The list of all keys, as it fills a dialog: [[group, [["key, other key", what it does]]]] and the button that closes it.
function listOfKeys(groups, close) {
  const [inside, head, columns] = [make("div", "help-inside"), make("div", "help-head"), make("div", "help-groups")]
  head.append(make("h2", "", "Keys"), close)
  columns.append(...groups.map(([name, keys]) => groupOfKeys(name, keys)))
  inside.append(head, columns)
  return inside
}

function groupOfKeys(name, keys) {
  const group = make("section", "")
  const list = make("dl", "")
  for (const [key, text] of keys) {
    const caps = make("dt", "")
    for (const part of key.split(", ")) caps.append(make("kbd", "", part))
    list.append(caps, make("dd", "", text))
  }
  group.append(make("h3", "", name), list)
  return group
}
