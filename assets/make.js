/** Return a new element; its text is set as text, never as HTML. */
const make = (tag, className, text) => {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

/** Make the children of a node anew only if what they show has changed; `signature` stands for all of it. A click on a
 * node that is replaced between press and release would be lost. */
const renew = (node, signature, build) => {
  if (node.signature === signature) return
  node.signature = signature
  node.replaceChildren(...build())
}
