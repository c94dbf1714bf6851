// Mounts the editor as Streamlit does (html and css in a shadow root, default function called for every new data) and
// plays the server: each message is recorded in `sent`; with `answering` its edits are stored and acknowledged.
import mount from "./editor.js"

const harness = (window.harness = { sent: [], answering: false, delay: 0, mounting: false, early: 0, stored: {}, acknowledged: {}, data: null })

async function prepare() {
  const home = document.getElementById("home").attachShadow({ mode: "open" })
  const style = document.createElement("style")
  style.textContent = await (await fetch("editor.css")).text()
  const body = document.createElement("div")
  body.innerHTML = await (await fetch("editor.html")).text()
  home.append(style, body)
  harness.home = home
  harness.ready = true
}

/** Give the component new data, as a rerun of the page does. */
harness.feed = (data) => {
  harness.data = data
  harness.mounting = true
  harness.cleanup = mount({ data: structuredClone(data), setStateValue: take, parentElement: harness.home })
  harness.mounting = false
}

/** Start with a sentence the fake server owns; others are made of it with `change` on turning. */
harness.start = (data, sentences = {}) => {
  harness.stored = { [data.position]: data, ...sentences }
  harness.position = data.position
  harness.feed(data)
}

function take(name, value) {
  if (harness.mounting) harness.early += 1
  if (name !== "sent") throw new Error(`unknown state ${name}`)
  harness.sent.push(structuredClone(value))
  if (harness.answering) setTimeout(() => harness.answer(value), harness.delay)
}

/** Store what a message brings, once each, and answer with the sentence as it is then. */
harness.answer = (message) => {
  for (const { client, ops } of [...(message.recovered ?? []), message]) {
    for (const item of ops) {
      if (item.n <= (harness.acknowledged[client] ?? 0)) continue
      harness.acknowledged[client] = item.n
      const page = harness.stored[item.position]
      if (page) Object.assign(page, window.applyOperation(window.documentOf(page), item.op), { revision: page.revision + 1 })
    }
  }
  if (message.view.go !== null && harness.stored[message.view.go]) harness.position = message.view.go
  const saved = { acknowledged: { ...harness.acknowledged }, saved: "14:02:11" }
  harness.feed({ ...harness.stored[harness.position], ...saved })
}

/** Press a key without the browser's help: {key, code, repeat}. */
harness.key = (values) => document.body.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...values }))

/** The labels drawn on one side: "ORG auto a União Europeia". */
harness.boxes = (side) =>
  [...harness.home.querySelectorAll(`.cells.${side} .box`)].map((box) => {
    const words = [...box.querySelectorAll(".word")].map((word) => word.textContent)
    return [box.querySelector(".tag").textContent, box.className.split(" ")[2], ...words].join(" ")
  })

/** The left and right border of the panel, and of the words in it. */
harness.extent = () => {
  const panel = harness.home.querySelector(".panel").getBoundingClientRect()
  const words = [...harness.home.querySelectorAll(".word")].map((word) => word.getBoundingClientRect())
  return [panel.left, panel.right, Math.min(...words.map((word) => word.left)), Math.max(...words.map((word) => word.right))]
}

prepare()
