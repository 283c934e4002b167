// A list as large as the wall asks for: as many rows as have room, "n more" for the others; a row opens what is behind it.

const kept = new WeakMap()

function fill(root, data, pick) {
  const head = root.querySelector("thead"), body = root.querySelector("tbody")
  const row = document.createElement("tr")
  for (const one of data.heads) {
    const cell = document.createElement("th")
    cell.textContent = one.label
    cell.className = one.kind
    row.append(cell)
  }
  head.replaceChildren(row)
  body.replaceChildren(...data.rows.map((values, at) => {
    const line = document.createElement("tr")
    values.forEach((text, place) => {
      const cell = document.createElement("td"), words = document.createElement("span")
      words.textContent = text
      words.title = text
      cell.dataset.label = data.heads[place].label
      cell.className = `${data.heads[place].kind} ${place ? "" : "first"}`
      cell.append(words)
      line.append(cell)
    })
    if (data.opens) {
      line.tabIndex = 0
      line.setAttribute("role", "button")
      line.onclick = () => pick(at)
      line.onkeydown = event => { if (event.key === "Enter") pick(at) }
    }
    return line
  }))
}

const MARGIN = 2

// Rows that would stand below the edge of the evidence are left to "n more"; on a phone all stand.
function fit(root, data) {
  const rows = [...root.querySelectorAll("tbody tr")], more = root.querySelector(".more")
  const place = document.querySelector(".st-key-stage_evidence")
  for (const row of rows) row.hidden = false
  const say = hidden => {
    const left = hidden + data.more
    more.hidden = !left
    more.textContent = data.words.more.replace("{count}", left.toLocaleString(data.lang))
  }
  say(0)
  if (!place || data.whole || window.innerWidth < 900) return
  const edge = place.getBoundingClientRect().bottom - MARGIN
  const line = () => more.offsetHeight + parseFloat(getComputedStyle(more).marginTop)
  if (rows.length && rows.at(-1).getBoundingClientRect().bottom + (data.more ? line() : 0) <= edge) return
  say(1)
  const end = edge - line()
  let hidden = 0
  for (const row of rows.slice(1).reverse()) {
    if (row.getBoundingClientRect().bottom <= end) break
    row.hidden = true
    hidden += 1
  }
  say(hidden)
}

export default function ({ data, parentElement: root, setTriggerValue }) {
  const one = kept.get(root) ?? {}
  one.data = data
  const text = JSON.stringify(data)
  if (one.text !== text) {
    one.text = text
    fill(root, data, at => setTriggerValue("row", at))
  }
  const more = root.querySelector(".more")
  more.onclick = () => setTriggerValue("row", -1)
  more.disabled = data.whole
  if (!kept.has(root)) {
    kept.set(root, one)
    one.fit = () => fit(root, one.data)
    window.addEventListener("resize", one.fit)
    one.watch = new ResizeObserver(one.fit)
    const place = document.querySelector(".st-key-stage_evidence")
    if (place) one.watch.observe(place)
  }
  requestAnimationFrame(one.fit)
  return () => {
    window.removeEventListener("resize", one.fit)
    one.watch.disconnect()
    kept.delete(root)
  }
}
