/* A block from a spreadsheet, pasted into a grid of inputs, spreads right and down from where it is pasted; what finds
   no field there is said, not lost in silence. Enter goes to the figure below, Shift and Enter to the one above.
   Without this script the page has a field for it. */
(() => {
  "use strict"
  const columns = ["value", "numerator", "denominator", "note"]
  const columnOf = (input) => columns.indexOf(input.name.split("-").pop())
  const inputsOf = (row) => [...row.querySelectorAll("input:not([type=hidden])")]
  const rowsOf = (grid) => [...grid.querySelectorAll("tr")].map(inputsOf).filter((row) => row.length)
  const inputAt = (row, column) => row?.find((input) => columnOf(input) === column)

  /* Lines of cells; a cell in quotes may hold tabs and line breaks, as spreadsheets copy it. */
  const linesOf = (text) => {
    const block = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "")
    const quotes = block.split('"').length % 2 === 1
    const cell = quotes ? /("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/y : /([^\t\n]*)(\t|\n|$)/y
    const lines = [[]]
    for (let end = "\t"; end; ) {
      const found = cell.exec(block)
      const quoted = quotes && /^"[^]*"$/.test(found[1])
      const said = quoted ? found[1].slice(1, -1).replaceAll('""', '"') : found[1]
      lines.at(-1).push(said.replace(/\s+/g, " ").trim())
      end = found[2]
      if (end === "\n") lines.push([])
    }
    return lines
  }

  document.querySelectorAll("[data-grid]").forEach((grid) => {
    const rows = rowsOf(grid)
    const said = document.querySelector("[data-grid-said]")
    const placeOf = (input) => [rows.findIndex((row) => row.includes(input)), columnOf(input)]

    grid.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain")
      const [top, left] = placeOf(event.target)
      if (top < 0 || !/[\t\n]/.test(text.trim())) return
      event.preventDefault()
      let pasted = 0
      let lost = 0
      linesOf(text).forEach((line, down) =>
        line.forEach((cell, right) => {
          const input = inputAt(rows[top + down], left + right)
          if (input) input.value = cell
          if (cell && input) pasted += 1
          else if (cell) lost += 1
        }),
      )
      said.textContent = `${pasted} cells pasted.` + (lost ? ` ${lost} found no field here and were left out.` : "")
      said.classList.toggle("tg-strong", lost > 0)
    })

    grid.addEventListener("keydown", (event) => {
      const [top, left] = placeOf(event.target)
      if (event.key !== "Enter" || top < 0) return
      event.preventDefault()
      const step = event.shiftKey ? -1 : 1
      let next = top + step
      while (rows[next] && !inputAt(rows[next], left)) next += step
      inputAt(rows[next], left)?.focus()
    })
  })
})()
